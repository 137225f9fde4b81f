#!/usr/bin/env bash
# The real kubectl on this machine: it finds the plugin, and without a cluster both say so.
set -uo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../support/checks.sh"
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
unset AKQUEUE_SIM KUBERNETES_SERVICE_HOST HTTPS_PROXY https_proxy HTTP_PROXY http_proxy ALL_PROXY all_proxy
export HOME=$directory XDG_STATE_HOME=$directory/state KUBECONFIG=$directory/config

check "kubectl finds the plugin" 0 "kubectl-akqueue" kubectl akqueue version --client
check "kubectl's own version is shown" 0 '"kubectl": "v' kubectl akqueue version --client -o json
check "kubectl lists the plugin" 0 "kubectl-akqueue" kubectl plugin list
check "no kubeconfig" 1 "kubectl has no cluster to talk to" kubectl akqueue status -n authentik
check "no kubeconfig, no namespace" 1 "kubectl has no cluster to talk to" kubectl akqueue status
check "a context that is not there" 1 "kubectl has no cluster to talk to" kubectl akqueue status --context nowhere
port=$(/usr/bin/python3 -c "import socket; s = socket.socket(); s.bind((\"127.0.0.1\", 0)); print(s.getsockname()[1])")
cat >"$KUBECONFIG" <<END
{"apiVersion": "v1", "kind": "Config", "current-context": "gone",
 "clusters": [{"name": "gone", "cluster": {"server": "https://127.0.0.1:$port"}}], "users": [{"name": "u", "user": {}}],
 "contexts": [{"name": "gone", "context": {"cluster": "gone", "user": "u", "namespace": "sso"}}]}
END
check "an API server that does not answer, in the context's namespace" 1 "can't list authentik's pods in namespace sso" kubectl akqueue status
exit $((failures > 0))
