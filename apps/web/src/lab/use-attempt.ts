import { type Attempt, LearnerEvent } from '@tatami/protocol';
import { useEffect, useState } from 'react';
import { api, socketUrl } from '../api.ts';

/** A learner's standing, kept current by the events socket. */
export function useAttempt(lab: string) {
  const [attempt, setAttempt] = useState<Attempt | null>(null);
  const [notice, setNotice] = useState<LearnerEvent | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    let over = false;
    let delay = 250;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let socket: WebSocket | null = null;
    const onEvent = (event: LearnerEvent) => {
      if (event.type === 'attempt') {
        setAttempt(event.attempt);
        setNotice(null);
      } else if (event.type === 'machine')
        setAttempt((old) => old && { ...old, machine: event.machine });
      else if (event.type === 'verdict')
        setAttempt((old) => {
          if (!old) return old;
          const { checkId, verdict } = event.verdict;
          const verdicts = old.verdicts.filter((one) => one.checkId !== checkId);
          if (verdict.status !== 'passed')
            return { ...old, verdicts: [...verdicts, event.verdict] };
          const passed = old.passed.filter((one) => one.checkId !== checkId);
          return { ...old, verdicts, passed: [...passed, { checkId, evidence: verdict.evidence }] };
        });
      else {
        setNotice(event);
        if (event.type === 'closed') api.attempt(lab).then(setAttempt, setError);
      }
    };
    const open = () => {
      socket = new WebSocket(socketUrl(`/api/labs/${lab}/events`));
      socket.onmessage = (message: MessageEvent<string>) => {
        delay = 250;
        onEvent(LearnerEvent.parse(JSON.parse(message.data)));
      };
      socket.onclose = () => {
        if (over) return;
        timer = setTimeout(open, delay);
        delay = Math.min(delay * 2, 5000);
      };
    };
    api
      .session()
      .then(() => api.attempt(lab))
      .then((found) => {
        setAttempt(found);
        if (!over) open();
      }, setError);
    return () => {
      over = true;
      clearTimeout(timer);
      socket?.close();
    };
  }, [lab]);
  const act = (action: Promise<Attempt>) =>
    action.then((next) => {
      setAttempt(next);
      setError(null);
    }, setError);
  return { attempt, notice, error, setError, act };
}
