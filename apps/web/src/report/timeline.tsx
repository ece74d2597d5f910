import type { IncidentDraft, IncidentEvent, IncidentView } from '@tatami/protocol';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LearnerText } from '../lab/learner-text.tsx';
import { reportApi } from './report-api.ts';

interface Props {
  lab: string;
  view: IncidentView;
  set: (part: Partial<IncidentDraft>) => void;
  onUnmark: () => Promise<void>;
  onError: (error: unknown) => void;
}

const mostCharacters = 300;

/** What happened, in order: each can be left out or said in other words; what no machine saw is added. */
export function Timeline({ lab, view, set, onUnmark, onError }: Props) {
  const { t } = useTranslation();
  const { draft, events } = view;
  const seen = events.filter(({ kind }) => kind !== 'own');
  const own = draft.own.map(({ at, text }, n) => ({ ...ownEvent(at, text), key: `own:${n}` }));
  const all = [...seen, ...own].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
  const hide = (key: string, isShown: boolean) =>
    set({
      hidden: isShown ? draft.hidden.filter((one) => one !== key) : [...draft.hidden, key],
    });
  const say = (key: string, text: string) => set({ words: { ...draft.words, [key]: text } });
  const drop = (key: string) => set({ own: draft.own.filter((_, n) => `own:${n}` !== key) });
  const unmark = (key: string) =>
    reportApi.unmark(lab, key.replace('moment:', '')).then(onUnmark, onError);
  return (
    <fieldset className="report-timeline">
      <legend>{t('report.timeline')}</legend>
      <small>{t('report.timeline.ask')}</small>
      {all.length === 0 && <p>{t('report.timeline.empty')}</p>}
      <ol>
        {all.map((event) => (
          <Line
            key={event.key}
            {...{ event, draft }}
            onHide={(isShown) => hide(event.key, isShown)}
            onSay={(text) => say(event.key, text)}
            onDrop={event.kind === 'moment' ? () => void unmark(event.key) : () => drop(event.key)}
          />
        ))}
      </ol>
      <AddOwn onAdd={(one) => set({ own: [...draft.own, one] })} isFull={draft.own.length >= 50} />
    </fieldset>
  );
}

const ownEvent = (at: string, text: string) => ({
  ...{ kind: 'own' as const, at, text, facts: [], offsets: [] },
});

function Line({
  event: { key, kind, at, text, facts, offsets },
  draft,
  onHide,
  onSay,
  onDrop,
}: {
  event: IncidentEvent;
  draft: IncidentDraft;
  onHide: (isShown: boolean) => void;
  onSay: (text: string) => void;
  onDrop: () => void;
}) {
  const { t } = useTranslation();
  const isShown = !draft.hidden.includes(key);
  const words = draft.words[key];
  const [isEdited, setEdited] = useState(false);
  const time = new Date(at).toLocaleString('sv-SE', { timeZone: draft.zone });
  return (
    <li data-shown={isShown} data-testid="report-event" data-kind={kind}>
      {kind !== 'own' && (
        <input
          type="checkbox"
          checked={isShown}
          aria-label={t('report.show')}
          onChange={(event) => onHide(event.target.checked)}
        />
      )}
      <time dateTime={at}>{time}</time>
      <div>
        {isEdited ? (
          <input
            value={words ?? text}
            maxLength={500}
            aria-label={t('report.words')}
            onChange={(event) => onSay(event.target.value)}
          />
        ) : (
          <LearnerText text={words ?? text} most={mostCharacters} />
        )}{' '}
        {(facts.length > 0 || offsets.length > 0) && (
          <small className="badge">{t('report.evidence')}</small>
        )}
        <span className="report-acts">
          {kind !== 'own' && (
            <button type="button" className="link" onClick={() => setEdited(!isEdited)}>
              {t(isEdited ? 'report.words.done' : 'report.words')}
            </button>
          )}
          {(kind === 'own' || kind === 'moment') && (
            <button type="button" className="link" onClick={onDrop}>
              {t('report.remove')}
            </button>
          )}
        </span>
      </div>
    </li>
  );
}

function AddOwn({
  onAdd,
  isFull,
}: {
  onAdd: (one: IncidentDraft['own'][number]) => void;
  isFull: boolean;
}) {
  const { t } = useTranslation();
  const [time, setTime] = useState('');
  const [text, setText] = useState('');
  const at = new Date(time);
  const isWhole = text.trim() !== '' && !Number.isNaN(at.getTime());
  const add = () => {
    onAdd({ at: at.toISOString(), text: text.trim() });
    setText('');
  };
  return (
    <div className="row report-own">
      <input
        type="datetime-local"
        step={1}
        value={time}
        aria-label={t('report.own.time')}
        data-testid="report-own-time"
        onChange={(event) => setTime(event.target.value)}
      />
      <input
        value={text}
        maxLength={500}
        placeholder={t('report.own.text')}
        aria-label={t('report.own.text')}
        data-testid="report-own-text"
        onChange={(event) => setText(event.target.value)}
      />
      <button
        type="button"
        className="quiet"
        disabled={!isWhole || isFull}
        data-testid="report-own-add"
        onClick={add}
      >
        {t('report.own.add')}
      </button>
    </div>
  );
}
