//! How a volume may be mounted.

word_type! {
    /// How a volume may be mounted (`spec.accessModes` of a claim).
    AccessMode, "an access mode" {
        /// Read and written by the pods of one node.
        ReadWriteOnce = "ReadWriteOnce",
        /// Read by the pods of many nodes.
        ReadOnlyMany = "ReadOnlyMany",
        /// Read and written by the pods of many nodes: needs a class of shared files.
        ReadWriteMany = "ReadWriteMany",
        /// Read and written by one pod alone.
        ReadWriteOncePod = "ReadWriteOncePod",
    }
}
