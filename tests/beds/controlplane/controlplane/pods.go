package main

import (
	"context"
	"fmt"
	"time"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"
	"k8s.io/klog/v2"
)

// Annotations of a pod by which a test says how it behaves.
const (
	startsAfter = "test/starts-after" // a duration; until then it is Pending
	endsAfter   = "test/ends-after"   // a duration, at most the grace period; until then it is Terminating
	hangs       = "test/hangs"        // "true": it stays Terminating until somebody deletes it by force
)

const soon = 200 * time.Millisecond

// A pods is the node's pods: each comes up soon after it was made and goes away soon after it was told to. What others
// change in a running pod's status (a test: restarts, OOMKilled) stays as it is.
type pods struct {
	client   kubernetes.Interface
	informer cache.SharedIndexInformer
	queue    workqueue.TypedRateLimitingInterface[string]
	running  *commands
	since    map[string]time.Time // when a pod's start or end was first seen, finer than the API's whole seconds
	ips      int
}

func newPods(client kubernetes.Interface, running *commands) *pods {
	mine := informers.WithTweakListOptions(func(options *metav1.ListOptions) {
		options.FieldSelector = fields.OneTermEqualSelector("spec.nodeName", *nodeName).String()
	})
	p := &pods{
		client:   client,
		informer: informers.NewSharedInformerFactoryWithOptions(client, 0, mine).Core().V1().Pods().Informer(),
		queue:    workqueue.NewTypedRateLimitingQueue(workqueue.DefaultTypedControllerRateLimiter[string]()),
		running:  running,
		since:    map[string]time.Time{},
	}
	look := func(object any) {
		if key, err := cache.DeletionHandlingMetaNamespaceKeyFunc(object); err == nil {
			p.queue.Add(key)
		}
	}
	_, _ = p.informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    look,
		UpdateFunc: func(_, object any) { look(object) },
		DeleteFunc: func(object any) {
			if gone, ok := object.(cache.DeletedFinalStateUnknown); ok {
				object = gone.Obj
			}
			if pod, ok := object.(*v1.Pod); ok {
				p.running.end(pod.UID)
			}
		},
	})
	return p
}

func (p *pods) run(ctx context.Context) {
	go p.informer.Run(ctx.Done())
	go func() { <-ctx.Done(); p.queue.ShutDown() }()
	for {
		key, over := p.queue.Get()
		if over {
			return
		}
		if err := p.look(ctx, key); err != nil && ctx.Err() == nil {
			klog.ErrorS(err, "pod", "key", key)
			p.queue.AddRateLimited(key)
		} else {
			p.queue.Forget(key)
		}
		p.queue.Done(key)
	}
}

// find returns nil where there is no such pod.
func (p *pods) find(key string) *v1.Pod {
	object, found, _ := p.informer.GetStore().GetByKey(key)
	if !found {
		return nil
	}
	return object.(*v1.Pod)
}

// look does what is due for a pod, or looks again when it is.
func (p *pods) look(ctx context.Context, key string) error {
	pod := p.find(key)
	if pod == nil {
		return nil
	}
	if pod.DeletionTimestamp != nil {
		if pod.Annotations[hangs] == "true" || !p.due(key, pod, endsAfter, graceOf(pod)) {
			return nil
		}
		p.running.end(pod.UID)
		now := int64(0)
		err := p.client.CoreV1().Pods(pod.Namespace).Delete(ctx, pod.Name,
			metav1.DeleteOptions{GracePeriodSeconds: &now, Preconditions: metav1.NewUIDPreconditions(string(pod.UID))})
		if errors.IsNotFound(err) || errors.IsConflict(err) {
			return nil
		}
		return err
	}
	if pod.Status.PodIP != "" || !p.due(key, pod, startsAfter, time.Hour) {
		return nil
	}
	started := pod.DeepCopy()
	p.ips++
	started.Status = statusOfStarted(pod, fmt.Sprintf("10.42.%d.%d", p.ips/250, p.ips%250+1))
	_, err := p.client.CoreV1().Pods(pod.Namespace).UpdateStatus(ctx, started, metav1.UpdateOptions{})
	if errors.IsNotFound(err) || errors.IsConflict(err) {
		return nil // it changed meanwhile: that is seen too
	}
	return err
}

// due tells whether the time that the annotation names (at most `limit`) is over, counted from the first time asked.
func (p *pods) due(key string, pod *v1.Pod, annotation string, limit time.Duration) bool {
	wait, err := time.ParseDuration(pod.Annotations[annotation])
	if err != nil {
		wait = soon
	}
	mark := string(pod.UID) + annotation
	first, known := p.since[mark]
	if !known {
		first = time.Now()
		p.since[mark] = first
	}
	left := time.Until(first.Add(min(wait, limit)))
	if left > 0 {
		p.queue.AddAfter(key, left)
	}
	return left <= 0
}

func graceOf(pod *v1.Pod) time.Duration {
	if pod.DeletionGracePeriodSeconds == nil {
		return 0
	}
	return time.Duration(*pod.DeletionGracePeriodSeconds) * time.Second
}

func statusOfStarted(pod *v1.Pod, ip string) v1.PodStatus {
	now := metav1.Now()
	status := pod.Status
	status.Phase, status.StartTime = v1.PodRunning, &now
	status.HostIP, status.HostIPs = "127.0.0.1", []v1.HostIP{{IP: "127.0.0.1"}}
	status.PodIP, status.PodIPs = ip, []v1.PodIP{{IP: ip}}
	status.Conditions = nil
	for _, kind := range []v1.PodConditionType{v1.PodReadyToStartContainers, v1.PodInitialized, v1.PodReady, v1.ContainersReady, v1.PodScheduled} {
		status.Conditions = append(status.Conditions, v1.PodCondition{Type: kind, Status: v1.ConditionTrue, LastTransitionTime: now})
	}
	status.ContainerStatuses = nil
	up := true
	for number, container := range pod.Spec.Containers {
		status.ContainerStatuses = append(status.ContainerStatuses, v1.ContainerStatus{
			Name: container.Name, Image: container.Image, ImageID: container.Image, Ready: up, Started: &up,
			ContainerID: fmt.Sprintf("test://%s-%d", types.UID(pod.UID), number),
			State:       v1.ContainerState{Running: &v1.ContainerStateRunning{StartedAt: now}},
		})
	}
	return status
}
