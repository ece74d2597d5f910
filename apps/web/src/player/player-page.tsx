import type { RecordingIndex } from '@tatami/protocol';
import { SandboxId } from '@tatami/protocol';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import '../styles/player.css';
import { api, castUrl, type RecordingOf } from '../api.ts';
import { ErrorText } from '../error-text.tsx';
import { Controls } from './controls.tsx';
import { usePlayerKeys } from './player-keys.ts';
import { usePlayback } from './use-playback.ts';

/** Of a recording that something links to: whose, and where. What is no number or machine is ignored. */
function fromAddress(search: string): { machine: string | null; at: number | null } {
  const query = new URLSearchParams(search);
  const at = query.get('at');
  return {
    machine: SandboxId.safeParse(query.get('machine')).data ?? null,
    at: at !== null && /^\d{1,15}$/.test(at) ? Number(at) : null,
  };
}

function useIndex(of: RecordingOf) {
  const [index, setIndex] = useState<RecordingIndex | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    let over = false;
    api
      .session()
      .then(() => api.recording(of))
      .then(
        (found) => !over && setIndex(found),
        (cause: unknown) => !over && setError(cause),
      );
    return () => {
      over = true;
    };
  }, [of]);
  return { index, error };
}

/** A terminal's recording, to watch from anywhere in it. */
export default function PlayerPage({ lab, terminal }: { lab: string; terminal: string }) {
  const { t, i18n } = useTranslation();
  const { machine, at } = useMemo(() => fromAddress(location.search), []);
  const of = useMemo(() => ({ lab, terminal, machine }), [lab, terminal, machine]);
  const { index, error } = useIndex(of);
  const host = useRef<HTMLDivElement>(null);
  const title = t('player.title', { id: terminal });
  const { playback, state } = usePlayback(host, index, { of, label: title, at });
  usePlayerKeys(playback, state);
  useEffect(() => {
    document.title = `${title} · Tatami`;
  }, [title]);
  const missing = index?.gaps.reduce((sum, { bytes }) => sum + bytes, 0) ?? 0;
  const when = state && new Date(state.shownAt);
  return (
    <main className="player">
      <div className="player-head">
        <h1>{title}</h1>
        {when && (
          <time dateTime={when.toISOString()} data-testid="player-when">
            {when.toLocaleString(i18n.language)}
          </time>
        )}
        <a href={`/labs/${lab}`}>{t('map.toLab')}</a>
        {index && (
          <a href={castUrl(of)} download data-testid="player-download">
            {t('player.download')}
          </a>
        )}
      </div>
      <ErrorText error={error ?? state?.error} />
      {!index && !error && <p role="status">{t('loading')}</p>}
      <div className="terminal-frame" hidden={!index}>
        <div className="terminal-host" ref={host} data-testid="player-screen" />
      </div>
      {playback && state && (
        <Controls {...{ playback, state }} markMs={at === null ? null : playback.playedMsOf(at)} />
      )}
      {index && (
        <p className="player-notes">
          {t('player.keys')} · {t('player.outputOnly')}
          {missing > 0 && (
            <strong data-testid="player-missing">
              {' '}
              {t('player.missing', { kib: Math.ceil(missing / 1024) })}
            </strong>
          )}
        </p>
      )}
    </main>
  );
}
