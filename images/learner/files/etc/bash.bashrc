# For every interactive shell. It forks nothing: in `sudo unshare --pid /bin/bash` the first process
# the shell forks becomes PID 1 of the new namespace, and that must be the learner's own command.
[ -z "$PS1" ] && return
shopt -s checkwinsize
PS1='\u@\h:\w\$ '
