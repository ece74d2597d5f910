/** How a shell of the learner's machine, or of a container on it, asks for the next command. */
export const shellPrompt = /(?:learner|root)@[\w-]+\S*:\S*[$#] /;

/** The prompt with nothing after it: the shell waits. */
export const promptAtEnd = new RegExp(`${shellPrompt.source}$`);
