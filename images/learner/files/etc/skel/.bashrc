# Forks nothing, see /etc/bash.bashrc.
case $- in
  *i*) ;;
  *) return ;;
esac
HISTCONTROL=ignoreboth
shopt -s histappend
PS1='\[\e[1;32m\]\u@\h\[\e[0m\]:\[\e[1;34m\]\w\[\e[0m\]\$ '
alias ls='ls --color=auto'
alias grep='grep --color=auto'
alias ll='ls -alF'

# Completion of options and names: its 2,000 lines are read at the first Tab.
_load_completion() {
  complete -r -D
  . /usr/share/bash-completion/bash_completion
  return 124
}
complete -D -F _load_completion -o bashdefault -o default
