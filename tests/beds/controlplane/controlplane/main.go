// A Kubernetes control plane for tests: one program with several names, since each part linked alone would hold most of
// the others. etcd, kube-apiserver and kubectl are those projects' own commands, controllers runs Kubernetes' own
// controllers, and node stands in for a kubelet.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/component-base/cli"
	kubectl "k8s.io/kubectl/pkg/cmd"
	"k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
)

func main() {
	name := filepath.Base(os.Args[0])
	switch name {
	case "etcd":
		etcdmain.Main(os.Args)
		return
	case "kube-apiserver":
		os.Exit(cli.Run(apiserver.NewAPIServerCommand()))
	case "kubectl":
		// As kubectl's own main does: errors are told in its words, and once.
		util.CheckErr(cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()))
		return
	case "controllers":
		os.Exit(ended(name, runControllers))
	case "node":
		os.Exit(ended(name, runNode))
	}
	fmt.Fprintf(os.Stderr, "nothing here is called %s\n", name)
	os.Exit(2)
}

// Flags, not variables: the environment of a node is that of the commands that run on it.
var (
	kubeconfig        = flag.String("kubeconfig", "", "the API server and the rights there")
	nodeName          = flag.String("name", "", "node: what the pod templates name, as no scheduler runs here")
	clientCertificate = flag.String("client-certificate", "", "node: who may run commands in pods, the API server's own towards kubelets")
)

// ended runs one part until a signal ends it.
func ended(name string, run func(context.Context, *rest.Config) error) int {
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err == nil {
		// A client's own limit of five requests a second is no help on one machine.
		config.QPS, config.Burst = 500, 1000
		err = run(ctx, config)
	}
	if err != nil && ctx.Err() == nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		return 1
	}
	return 0
}
