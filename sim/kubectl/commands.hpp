// The commands of kubectl that the stand-in has, one file each. Each throws Failure with kubectl's own text or returns
// kubectl's exit status.
#pragma once

#include <vector>

#include "kubectl/arguments.hpp"
#include "kubectl/client.hpp"

namespace akqueue::sim {

const std::vector<Flag>& get_flags();
int run_get(World& world, const Arguments& arguments, const Streams& streams);

const std::vector<Flag>& patch_flags();
int run_patch(World& world, const Arguments& arguments, const Streams& streams);

const std::vector<Flag>& scale_flags();
int run_scale(World& world, const Arguments& arguments, const Streams& streams);

/// Only pods: their ReplicaSet makes new ones.
const std::vector<Flag>& delete_flags();
int run_delete(World& world, const Arguments& arguments, const Streams& streams);

const std::vector<Flag>& wait_flags();
int run_wait(World& world, const Arguments& arguments, const Streams& streams);

const std::vector<Flag>& top_flags();
int run_top_pods(World& world, const Arguments& arguments, const Streams& streams);

/// Runs the session protocol if the command is one of the interpreters in authentik's containers.
/// The environment variable AKQUEUE_SIM_FAULT makes it fail in a chosen way (fault.hpp).
const std::vector<Flag>& exec_flags();
int run_exec(World& world, const Arguments& arguments, const Streams& streams);

const std::vector<Flag>& config_flags();
int run_config_view(World& world, const Arguments& arguments, const Streams& streams);
int run_config_current_context(World& world, const Arguments& arguments, const Streams& streams);
int run_config_get_contexts(World& world, const Arguments& arguments, const Streams& streams);

const std::vector<Flag>& can_i_flags();
int run_can_i(World& world, const Arguments& arguments, const Streams& streams);

const std::vector<Flag>& version_flags();
int run_version(World& world, const Arguments& arguments, const Streams& streams);

}  // namespace akqueue::sim
