package main

import (
	"context"
	"net"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// runNode stands in for a kubelet: its pods come up and go away, and commands run in them run on this machine with the
// environment that this program was started in.
func runNode(ctx context.Context, config *rest.Config) error {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if err := register(ctx, client, listener.Addr().(*net.TCPAddr).Port); err != nil {
		return err
	}
	running := newCommands()
	pods := newPods(client, running)
	go pods.run(ctx)
	return serve(ctx, listener, pods, running)
}

func register(ctx context.Context, client kubernetes.Interface, port int) error {
	room := v1.ResourceList{
		v1.ResourceCPU:    resource.MustParse("64"),
		v1.ResourceMemory: resource.MustParse("256Gi"),
		v1.ResourcePods:   resource.MustParse("1000"),
	}
	node := &v1.Node{ObjectMeta: metav1.ObjectMeta{Name: *nodeName, Labels: map[string]string{v1.LabelHostname: *nodeName}}}
	node, err := client.CoreV1().Nodes().Create(ctx, node, metav1.CreateOptions{})
	if errors.IsAlreadyExists(err) {
		node, err = client.CoreV1().Nodes().Get(ctx, *nodeName, metav1.GetOptions{})
	}
	if err != nil {
		return err
	}
	node.Status = v1.NodeStatus{
		Capacity:        room,
		Allocatable:     room,
		Addresses:       []v1.NodeAddress{{Type: v1.NodeInternalIP, Address: "127.0.0.1"}, {Type: v1.NodeHostName, Address: *nodeName}},
		DaemonEndpoints: v1.NodeDaemonEndpoints{KubeletEndpoint: v1.DaemonEndpoint{Port: int32(port)}},
		Conditions:      []v1.NodeCondition{{Type: v1.NodeReady, Status: v1.ConditionTrue, Reason: "KubeletReady"}},
	}
	_, err = client.CoreV1().Nodes().UpdateStatus(ctx, node, metav1.UpdateOptions{})
	return err
}
