import { type Attempt, closeCodes, LearnerEvent } from '@tatami/protocol';
import { useCallback, useEffect, useRef, useState } from 'react';
import { api } from '../api.ts';
import { pageLine } from '../transport/page-line.ts';
import type { Transport } from '../transport/transport.ts';

const firstDelayMs = 250;
const lastDelayMs = 5000;

/** Puts a verdict where it belongs: passed ones stay, others replace what was said before. */
function withVerdict(old: Attempt, { checkId, verdict }: Attempt['verdicts'][number]): Attempt {
  const verdicts = old.verdicts.filter((one) => one.checkId !== checkId);
  if (verdict.status !== 'passed') return { ...old, verdicts: [...verdicts, { checkId, verdict }] };
  const passed = old.passed.filter((one) => one.checkId !== checkId);
  return { ...old, verdicts, passed: [...passed, { checkId, evidence: verdict.evidence }] };
}

/**
 * A learner's standing, kept current by the stream of events. `lost`: nobody can tell us news now; `restarting`: since the
 * server has said that it restarts.
 */
export function useAttempt(lab: string) {
  const [attempt, setAttempt] = useState<Attempt | null>(null);
  const [lost, setLost] = useState<'server' | 'restarting' | 'runner' | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  /** The events bring every change in order, verdicts included. */
  const followed = useRef(false);
  useEffect(() => {
    let over = false;
    let delay = firstDelayMs;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let events: Transport | null = null;
    const onEvent = (event: LearnerEvent) => {
      if (event.type === 'runner-lost') return setLost('runner');
      setLost(null);
      if (event.type === 'attempt') setAttempt(event.attempt);
      else if (event.type === 'verdict')
        setAttempt((old) => old && withVerdict(old, event.verdict));
      // How a machine has ended by itself follows as the standing; of one that was let go, nothing does.
      else if (event.type === 'closed' && event.reason === 'requested')
        api.attempt(lab).then(setAttempt, setError);
    };
    const open = () => {
      events = pageLine.open(`/api/labs/${lab}/events`, {
        onMessage: (data) => {
          delay = firstDelayMs;
          followed.current = true;
          onEvent(LearnerEvent.parse(JSON.parse(String(data))));
        },
        onClose: (code) => {
          followed.current = false;
          if (over) return;
          const isRestarting = code === closeCodes.serverRestarting;
          setLost((before) => (isRestarting || before === 'restarting' ? 'restarting' : 'server'));
          timer = setTimeout(open, delay);
          delay = Math.min(delay * 2, lastDelayMs);
        },
      });
    };
    api.attempt(lab).then((found) => {
      if (over) return;
      setAttempt(found);
      open();
    }, setError);
    return () => {
      over = true;
      clearTimeout(timer);
      events?.close();
    };
  }, [lab]);
  /** Waits for a command's answer; `busy` until then. @returns whether it succeeded. */
  const act = useCallback(async (action: Promise<Attempt>): Promise<boolean> => {
    setBusy(true);
    try {
      const answer = await action;
      // It may be older than what the events have told meanwhile.
      if (!followed.current) setAttempt(answer);
      setError(null);
      return true;
    } catch (cause) {
      setError(cause);
      return false;
    } finally {
      setBusy(false);
    }
  }, []);
  return { attempt, lost, error, setError, busy, act };
}
