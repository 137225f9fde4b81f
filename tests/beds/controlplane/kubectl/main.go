// kubectl of a newer release than the control plane's, for tests; it is that project's own command.
package main

import (
	"k8s.io/component-base/cli"
	kubectl "k8s.io/kubectl/pkg/cmd"
	"k8s.io/kubectl/pkg/cmd/util"
)

func main() { util.CheckErr(cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand())) }
