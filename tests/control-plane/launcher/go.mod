// Starts a control plane, watches over it, and takes it down. The standard library alone.
module infra.invalid/control-plane/launcher

go 1.26.0
