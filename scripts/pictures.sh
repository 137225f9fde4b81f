#!/usr/bin/env bash
# Redraws docs/pictures/: runs the built binaries on simulated sites in a terminal of a fixed size, and draws the
# screen.
#
#   scripts/pictures.sh [NAME...]      all of them, or watch, watch-everywhere, status, workers, flush
#
# Needs build/bin (scripts/demo.sh builds it). Numbers differ from run to run, as in real life. Look at the result.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/install-deps.sh pictures
export PATH=$PWD/build/bin:$PATH
here=$PWD work=$(mktemp -d)
socket=akqueue-pictures-$$
trap 'tmux -L "$socket" kill-server 2>/dev/null || true; rm -rf "$work"' EXIT
unset NO_COLOR AKQUEUE_SIM KUBECONFIG TMUX
export XDG_STATE_HOME=$work/state LC_ALL=C.UTF-8

world() { # NAME OPTIONS...: a site whose clock runs
  akqueue-sim create "$work/$1.world" --force "${@:2}" >/dev/null 2>"$work/said" || { cat "$work/said" >&2; exit 1; }
}

# A terminal of COLUMNS x ROWS with a shell in that world.
open() { # WORLD COLUMNS ROWS
  echo "PS1='$ '" >"$work/bashrc"
  mkdir -p "$work/bin" && ln -sf "$here/build/bin/akqueue-sim" "$work/bin/kubectl"
  columns=$2
  tmux -L "$socket" -f /dev/null new-session -d -x "$2" -y "$3" \
    -e AKQUEUE_SIM="$work/$1.world" -e PATH="$work/bin:$PATH" -e AKQUEUE_SIM_SPEED="${speed-1}" -e HOME="$work" \
    "bash --rcfile $work/bashrc"
  until_shown '^\$'
}

type_in() { tmux -L "$socket" send-keys -l "$1"; tmux -L "$socket" send-keys Enter; }

screen() { tmux -L "$socket" capture-pane -p; }

# Waits until the screen has these words.
until_shown() { # WORDS
  local deadline=$((SECONDS + 120))
  until screen | grep -qE -- "$1"; do
    if ((SECONDS > deadline)); then echo "pictures.sh: '$1' did not come; on the screen:" >&2; screen >&2; exit 1; fi
    sleep 0.05
  done
}

picture() { # NAME TITLE
  tmux -L "$socket" capture-pane -e -p | sed -e "s,$work/state,~/.local/state,g" | /usr/bin/python3 scripts/pictures/svg.py "$2" "$columns" >"$work/$1.svg"
  tmux -L "$socket" kill-server
  mv "$work/$1.svg" "docs/pictures/$1.svg"
  echo "docs/pictures/$1.svg: $(stat -c %s "docs/pictures/$1.svg") bytes"
}

draw_status() {
  world storm --scenario outpost-storm --tasks 60000
  open storm 92 25
  type_in 'kubectl akqueue status'
  until_shown '^Tables'
  picture status 'kubectl akqueue status'
}

draw_workers() {
  world storm --scenario outpost-storm --tasks 60000
  open storm 118 11
  type_in 'kubectl akqueue workers'
  until_shown '^queued:'
  picture workers 'kubectl akqueue workers'
}

# A scenario with the arrivals of `refilling`, PER_MINUTE of them, whose workers finish a few and are killed again and
# again.
with_arrivals() { # SCENARIO PER_MINUTE
  jq --slurpfile refilling fixtures/scenarios/refilling.json --argjson rate "$2" '
    .arrivals = ($refilling[0].arrivals | .[0].per_minute = $rate)
    | (first(.pods[] | select(.component == "worker"))) += {per_minute: 60, oom: {every: "150s", above: 10000}}' \
    "fixtures/scenarios/$1.json" >"$work/$1.json"
}

draw_watch() {
  with_arrivals outpost-storm 1500
  world live --scenario "$work/outpost-storm.json" --tasks 60000
  speed=10 open live 100 20
  type_in "kubectl akqueue watch --interval 1s --alert 'rate>20/s'"
  sleep 20
  until_shown 'HOLDS'
  until_shown 'OOMKilled'
  picture watch 'kubectl akqueue watch'
}

draw_watch_everywhere() {
  with_arrivals fleet 1500
  world fleet --scenario "$work/fleet.json"
  speed=10 open fleet 108 13
  type_in "kubectl akqueue watch -A --interval 1s --alert 'rate>20/s'"
  sleep 20
  until_shown 'HOLDS'
  picture watch-everywhere 'kubectl akqueue watch -A'
}

draw_flush() {
  world big --scenario outpost-storm --tasks 250000
  open big 116 24
  type_in 'kubectl akqueue flush --reason "outposts stormed"'
  until_shown 'Type the queue'
  type_in default
  until_shown '[2-7][0-9]%, .*/s'
  picture flush 'kubectl akqueue flush'
}

names=("$@")
if ((${#names[@]} == 0)); then names=(status workers watch watch-everywhere flush); fi
for name in "${names[@]}"; do "draw_${name//-/_}"; done
