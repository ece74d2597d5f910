/** Kinds of namespace in the order in which the C programs tell them (enum namespace_index of native/events.h). */
export const nsOrder = ['pid', 'mnt', 'net', 'uts', 'ipc', 'user', 'cgroup', 'time'] as const;
