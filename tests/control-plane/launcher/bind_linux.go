package main

import "syscall"

// The child is killed when this process is gone, however it went.
func bind(attributes *syscall.SysProcAttr) {
	attributes.Pdeathsig = syscall.SIGKILL
}
