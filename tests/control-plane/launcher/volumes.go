package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"strings"
	"sync"
)

// Plays the drivers of the storage classes: makes volumes for claims, lets them grow, attaches them, and removes
// those that are released. Binding, protection and reclaiming are the controllers'.
type drivers struct {
	api   *client
	mutex sync.Mutex
	// By name.
	classes, volumes map[string]object
	// By uid: claims that wait for a class or for a node.
	claims map[string]object
}

const volumesPath = "/api/v1/persistentvolumes"

func startDrivers(ctx context.Context, api *client) {
	d := &drivers{api: api, classes: map[string]object{}, volumes: map[string]object{}, claims: map[string]object{}}
	remember := func(kept map[string]object, before, after object) {
		d.mutex.Lock()
		defer d.mutex.Unlock()
		if after == nil {
			delete(kept, text(before, "metadata", "name"))
		} else {
			kept[text(after, "metadata", "name")] = after
		}
	}
	go api.follow(ctx, "/apis/storage.k8s.io/v1/storageclasses", func(before, after object) {
		remember(d.classes, before, after)
		d.mutex.Lock()
		defer d.mutex.Unlock()
		for _, claim := range d.claims {
			d.look(ctx, claim)
		}
	})
	go api.follow(ctx, volumesPath, func(before, after object) {
		remember(d.volumes, before, after)
		if after != nil {
			d.reclaim(ctx, after)
		}
	})
	go api.follow(ctx, "/api/v1/persistentvolumeclaims", func(before, after object) {
		d.mutex.Lock()
		defer d.mutex.Unlock()
		if after == nil {
			delete(d.claims, text(before, "metadata", "uid"))
			return
		}
		after["kind"] = "PersistentVolumeClaim"
		d.claims[text(after, "metadata", "uid")] = after
		d.look(ctx, after)
	})
	go api.follow(ctx, "/apis/storage.k8s.io/v1/volumeattachments", func(_, after object) {
		if after != nil && !isTrue(after, "status", "attached") && text(after, "metadata", "deletionTimestamp") == "" {
			d.report(d.api.patch(ctx, "/apis/storage.k8s.io/v1/volumeattachments/"+text(after, "metadata", "name")+"/status",
				mergePatch, object{"status": object{"attached": true}}))
		}
	})
}

func (d *drivers) report(err error) {
	if err != nil && codeOf(err) != http.StatusNotFound && codeOf(err) != http.StatusConflict {
		log.Printf("volumes: %v", err)
	}
}

// What a claim needs now.
func (d *drivers) look(ctx context.Context, claim object) {
	class := d.classes[text(claim, "spec", "storageClassName")]
	if class == nil || text(claim, "metadata", "deletionTimestamp") != "" {
		return
	}
	if text(claim, "status", "phase") == "Bound" {
		d.grow(ctx, claim)
		return
	}
	driver := text(class, "provisioner")
	notes := at(claim, "metadata", "annotations")
	late := text(class, "volumeBindingMode") == "WaitForFirstConsumer"
	if text(claim, "spec", "volumeName") != "" || text(notes, "volume.kubernetes.io/storage-provisioner") != driver ||
		late && text(notes, "volume.kubernetes.io/selected-node") == "" {
		return
	}
	d.provision(ctx, claim, class)
}

func (d *drivers) provision(ctx context.Context, claim, class object) {
	driver := text(class, "provisioner")
	tell := func(kind, reason, message string) {
		d.api.tell(ctx, claim, "", driver, "", kind, reason, message)
	}
	if problem := unsupported(claim, class); problem != "" {
		tell("Warning", "ProvisioningFailed", fmt.Sprintf("failed to provision volume with StorageClass %q: %s", text(class, "metadata", "name"), problem))
		return
	}
	name := "pvc-" + text(claim, "metadata", "uid")
	volume := object{
		"apiVersion": "v1", "kind": "PersistentVolume",
		"metadata": object{"name": name, "annotations": object{"pv.kubernetes.io/provisioned-by": driver}},
		"spec": object{
			"accessModes": at(claim, "spec", "accessModes"),
			"capacity":    object{"storage": at(claim, "spec", "resources", "requests", "storage")},
			"claimRef": object{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "name": text(claim, "metadata", "name"),
				"namespace": text(claim, "metadata", "namespace"), "uid": text(claim, "metadata", "uid"), "resourceVersion": text(claim, "metadata", "resourceVersion")},
			"csi":                           object{"driver": driver, "volumeHandle": name},
			"persistentVolumeReclaimPolicy": text(class, "reclaimPolicy"), "storageClassName": text(class, "metadata", "name"),
			"volumeMode": text(claim, "spec", "volumeMode"), "mountOptions": at(class, "mountOptions"),
		},
	}
	err := d.api.create(ctx, volumesPath, volume)
	if codeOf(err) == http.StatusConflict {
		return
	}
	d.report(err)
	if err == nil {
		tell("Normal", "Provisioning", fmt.Sprintf("External provisioner is provisioning volume for claim %q", key(claim)))
		tell("Normal", "ProvisioningSucceeded", "Successfully provisioned volume "+name)
	}
}

// Why a driver cannot make what a claim asks for: the class says by an annotation which access modes it can give.
func unsupported(claim, class object) string {
	offered := text(class, "metadata", "annotations", "sandbox.infra.dev/access-modes")
	if offered == "" {
		return ""
	}
	known := strings.Split(strings.ReplaceAll(offered, " ", ""), ",")
	for _, mode := range items(claim, "spec", "accessModes") {
		if !strings.Contains(","+strings.Join(known, ",")+",", fmt.Sprintf(",%v,", mode)) {
			return fmt.Sprintf("rpc error: code = InvalidArgument desc = Volume capabilities not supported: access mode %v, supported are %s",
				mode, strings.Join(known, ", "))
		}
	}
	return ""
}

// Gives a bound claim the room that it asks for. That it only grows, and only where its class allows it, the API
// server has seen to.
func (d *drivers) grow(ctx context.Context, claim object) {
	asked := text(claim, "spec", "resources", "requests", "storage")
	volume := text(claim, "spec", "volumeName")
	known := d.volumes[volume]
	if asked == text(claim, "status", "capacity", "storage") || known == nil || text(known, "spec", "csi", "driver") == "" {
		return
	}
	if err := d.api.patch(ctx, volumesPath+"/"+volume, mergePatch, object{"spec": object{"capacity": object{"storage": asked}}}); err != nil {
		d.report(err)
		return
	}
	err := d.api.patch(ctx, "/api/v1/namespaces/"+text(claim, "metadata", "namespace")+"/persistentvolumeclaims/"+text(claim, "metadata", "name")+"/status",
		mergePatch, object{"status": object{"capacity": object{"storage": asked}, "conditions": []any{}}})
	d.report(err)
	if err == nil {
		d.api.tell(ctx, claim, "", "kubelet", "", "Normal", "FileSystemResizeSuccessful",
			fmt.Sprintf("MountVolume.NodeExpandVolume succeeded for volume %q", volume))
	}
}

// Removes a volume whose claim is gone, when its class says so.
func (d *drivers) reclaim(ctx context.Context, volume object) {
	if text(volume, "status", "phase") == "Released" && text(volume, "spec", "persistentVolumeReclaimPolicy") == "Delete" &&
		text(volume, "spec", "csi", "driver") != "" && text(volume, "metadata", "deletionTimestamp") == "" {
		d.report(d.api.delete(ctx, volumesPath+"/"+text(volume, "metadata", "name")))
	}
}
