import type { LabContent } from '@tatami/protocol';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api.ts';
import { ErrorText } from '../error-text.tsx';
import { RoomStrip } from '../room/room-strip.tsx';
import { useRoom } from '../room/use-room.ts';
import { LaterLab } from './later-lab.tsx';
import { useAttempt } from './use-attempt.ts';
import { Workbench } from './workbench.tsx';

/** A lab's texts in the chosen language; those of the one before stay until they have come. */
function useContent(lab: string) {
  const { language } = useTranslation().i18n;
  const [content, setContent] = useState<LabContent | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    let over = false;
    api
      .session()
      .then(() => api.lab(lab, language))
      .then(
        (found) => {
          if (over) return;
          setContent(found);
          setError(null);
          document.title = `${found.title} · Tatami`;
        },
        (cause: unknown) => !over && setError(cause),
      );
    return () => {
      over = true;
    };
  }, [lab, language]);
  return { content, error };
}

/** One lab, or why it cannot be opened. */
export default function LabPage({ lab }: { lab: string }) {
  const { content, error } = useContent(lab);
  if (content?.status === 'ready')
    return <OpenLab lab={lab} content={content} problem={<ErrorText error={error} />} />;
  if (content) return <LaterLab content={content} />;
  return <Wait error={error} />;
}

function Wait({ error }: { error: unknown }) {
  const { t } = useTranslation();
  return (
    <main className="page">
      {error ? <ErrorText error={error} /> : <p role="status">{t('loading')}</p>}
      <a href="/">{t('toCatalogue')}</a>
    </main>
  );
}

function OpenLab({
  lab,
  content,
  problem,
}: {
  lab: string;
  content: LabContent;
  problem: React.ReactNode;
}) {
  const { t } = useTranslation();
  const { attempt, lost, error, busy, act } = useAttempt(lab);
  const room = useRoom(lab);
  const [isHidden, setHidden] = useState(false);

  // Whoever opens a lab wants its machine; one that ended is only started again when asked for.
  const wanted = attempt?.machine === null && attempt.lastMachine === null && !lost;
  const started = useRef(false);
  useEffect(() => {
    if (!wanted || started.current) return;
    started.current = true;
    void act(api.start(lab));
  }, [wanted, act, lab]);

  const step = content.steps.find((one) => one.id === attempt?.stepId);
  if (!attempt || !step) return <Wait error={error} />;
  const problems = (
    <>
      <ErrorText error={error} />
      {problem}
      {lost && (
        <p role="alert" className="banner" data-testid="lost">
          {t(lost === 'restarting' && !attempt.machine ? 'lost.stopping' : `lost.${lost}`)}
        </p>
      )}
    </>
  );
  const onMirror = () => setHidden((hides) => !hides);
  const mirror = room?.mirror && !isHidden ? { onClose: onMirror } : null;
  return (
    <>
      {room && <RoomStrip {...{ room, content, onMirror }} isMirrorOpen={mirror !== null} />}
      <Workbench
        {...{ lab, content, step, attempt, lost: lost !== null, busy, act, room, mirror }}
        problem={problems}
      />
    </>
  );
}
