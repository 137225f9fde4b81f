package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	consts "k8s.io/apimachinery/pkg/util/remotecommand"
	terminal "k8s.io/client-go/tools/remotecommand"
	"k8s.io/client-go/util/cert"
	"k8s.io/kubelet/pkg/cri/streaming/remotecommand"
	utilexec "k8s.io/utils/exec"
)

const (
	idle  = 4 * time.Hour   // as the kubelet has it
	drain = 2 * time.Second // for output that is still on its way when a command has ended
)

// commands are the processes that run in pods, so that they end with their pod.
type commands struct {
	lock sync.Mutex
	of   map[types.UID]map[*os.Process]bool
}

func newCommands() *commands { return &commands{of: map[types.UID]map[*os.Process]bool{}} }

func (c *commands) started(pod types.UID, process *os.Process) {
	c.lock.Lock()
	defer c.lock.Unlock()
	if c.of[pod] == nil {
		c.of[pod] = map[*os.Process]bool{}
	}
	c.of[pod][process] = true
}

func (c *commands) ended(pod types.UID, process *os.Process) {
	c.lock.Lock()
	defer c.lock.Unlock()
	delete(c.of[pod], process)
}

// end kills what runs in the pod, as the end of its containers does.
func (c *commands) end(pod types.UID) {
	c.lock.Lock()
	defer c.lock.Unlock()
	for process := range c.of[pod] {
		_ = syscall.Kill(-process.Pid, syscall.SIGKILL)
	}
}

// A container is where a command is run; remotecommand.Executor.
type container struct {
	pod     *v1.Pod
	running *commands
}

// environment is this program's own, with what the pod's template sets.
func (c container) environment(name string) []string {
	environment := append(os.Environ(), "HOSTNAME="+c.pod.Name)
	for _, container := range c.pod.Spec.Containers {
		for _, variable := range container.Env {
			if container.Name == name && variable.ValueFrom == nil {
				environment = append(environment, variable.Name+"="+variable.Value)
			}
		}
	}
	return environment
}

// find looks for a program where the container's PATH says, not where this program's own does.
func find(program string, environment []string) (string, error) {
	if strings.Contains(program, "/") {
		return program, nil
	}
	var path string
	for _, variable := range environment {
		if value, is := strings.CutPrefix(variable, "PATH="); is {
			path = value // the last one holds
		}
	}
	for _, directory := range filepath.SplitList(path) {
		if found, err := exec.LookPath(filepath.Join(cmp.Or(directory, "/"), program)); err == nil { // an empty one is where it is run
			return found, nil
		}
	}
	return "", &exec.Error{Name: program, Err: exec.ErrNotFound}
}

// notStarted is in a container runtime's words, which the plugin knows.
func notStarted(err error) error {
	return fmt.Errorf("OCI runtime exec failed: exec failed: unable to start container process: %w", err)
}

// ExecInContainer runs the command to its end. A client that goes away is felt by it as the end of its input and as
// output that nobody reads, as in a real container; it is not killed for that.
func (c container) ExecInContainer(_ context.Context, _ string, _ types.UID, name string, words []string, in io.Reader, out, failures io.WriteCloser,
	tty bool, _ <-chan terminal.TerminalSize, _ time.Duration) error {
	if tty {
		return errors.New("this node has no terminals: exec without -t")
	}
	environment := c.environment(name)
	program, err := find(words[0], environment)
	if err != nil {
		return notStarted(err)
	}
	command := exec.Command(program, words[1:]...)
	command.Args[0] = words[0]
	command.Env, command.Dir, command.WaitDelay = environment, "/", drain
	// Pdeathsig: nothing outlives this program, however it ends.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if out != nil {
		command.Stdout = out
	}
	if failures != nil {
		command.Stderr = failures
	}
	var input io.WriteCloser
	if in != nil {
		if input, err = command.StdinPipe(); err != nil {
			return err
		}
	}
	if err := command.Start(); err != nil {
		return notStarted(err)
	}
	c.running.started(c.pod.UID, command.Process)
	defer c.running.ended(c.pod.UID, command.Process)
	if input != nil {
		go func() {
			_, _ = io.Copy(input, in)
			_ = input.Close()
		}()
	}
	_ = command.Wait()
	status := command.ProcessState.Sys().(syscall.WaitStatus)
	switch {
	case status.Signaled():
		return utilexec.CodeExitError{Err: fmt.Errorf("%v", command.ProcessState), Code: 128 + int(status.Signal())}
	case status.ExitStatus() != 0:
		return utilexec.CodeExitError{Err: fmt.Errorf("%v", command.ProcessState), Code: status.ExitStatus()}
	}
	return nil
}

// serve answers the API server, which passes `kubectl exec` on to the node.
func serve(ctx context.Context, listener net.Listener, pods *pods, running *commands) error {
	certificate, key, err := cert.GenerateSelfSignedCertKey("127.0.0.1", []net.IP{net.IPv4(127, 0, 0, 1)}, nil)
	if err != nil {
		return err
	}
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return err
	}
	allowed, err := cert.NewPool(*clientCertificate)
	if err != nil {
		return err
	}
	handler := http.NewServeMux()
	handler.HandleFunc("/exec/{namespace}/{pod}/{container}", func(w http.ResponseWriter, r *http.Request) {
		pod := pods.find(r.PathValue("namespace") + "/" + r.PathValue("pod"))
		if pod == nil || pod.Status.Phase != v1.PodRunning {
			http.Error(w, fmt.Sprintf("container not found (%q)", r.PathValue("container")), http.StatusNotFound)
			return
		}
		words := r.URL.Query()["command"]
		options, err := remotecommand.NewOptions(r)
		if err != nil || len(words) == 0 {
			http.Error(w, "a command and one of its streams are needed", http.StatusBadRequest)
			return
		}
		remotecommand.ServeExec(w, r, container{pod, running}, pod.Name, pod.UID, r.PathValue("container"), words, options, idle,
			consts.DefaultStreamCreationTimeout, consts.SupportedStreamingProtocols)
	})
	server := &http.Server{Handler: handler, TLSConfig: &tls.Config{
		Certificates: []tls.Certificate{pair}, ClientCAs: allowed, ClientAuth: tls.RequireAndVerifyClientCert,
	}}
	go func() { <-ctx.Done(); _ = server.Close() }()
	return server.ServeTLS(listener, "", "")
}
