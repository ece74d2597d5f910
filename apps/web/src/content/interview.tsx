import type { ContentNode } from '@tatami/protocol';
import { useContext, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keep, kept } from '../storage.ts';
import { Content } from './content.tsx';
import { Japanese } from './japanese.tsx';
import { type Element, elementsOf, Lesson, named, text } from './lesson.ts';

const isPart = ({ name }: Element) => name === 'Point' || name === 'Reveal';
const holdsParts = (node: ContentNode) => elementsOf([node]).some(isPart);

/** The learner's own words, kept in this browser only. */
function useDraft(key: string) {
  const [draft, setDraft] = useState(() => kept(key) ?? '');
  const write = (words: string) => {
    setDraft(words);
    keep(key, words);
  };
  return [draft, write] as const;
}

/** A question of a job interview: answered first, then compared point by point. */
export function Interview({ node }: { node: Element }) {
  const { t } = useTranslation();
  const { lab } = useContext(Lesson);
  const field = useId();
  const { id, question, reading, lang } = node.attributes;
  const [draft, write] = useDraft(`tatami.interview.${lab}.${text(id)}`);
  const [comparing, setComparing] = useState(false);
  const language = text(lang) || (text(reading) ? 'ja' : undefined);
  return (
    <section className="interview" id={text(id)} data-testid={`interview-${text(id)}`}>
      <p className="interview-question" id={`${field}question`} lang={language}>
        {language === 'ja' ? (
          <Japanese reading={text(reading)}>{text(question)}</Japanese>
        ) : (
          text(question)
        )}
      </p>
      <Content nodes={node.children.filter((child) => !holdsParts(child))} />
      <label htmlFor={field}>{t('interview.write')}</label>
      <textarea
        id={field}
        aria-describedby={`${field}question`}
        lang={language}
        rows={4}
        value={draft}
        onChange={(event) => write(event.target.value)}
      />
      <p className="row">
        <button
          type="button"
          disabled={comparing || !draft.trim()}
          onClick={() => setComparing(true)}
        >
          {t('interview.compare')}
        </button>
        <small>{t('interview.kept')}</small>
      </p>
      {comparing && <Comparison node={node} />}
    </section>
  );
}

/** The points of a good answer, one after another; when all are judged, how many were there. */
function Comparison({ node }: { node: Element }) {
  const { t } = useTranslation();
  const points = named(node.children, 'Point');
  const [said, setSaid] = useState<boolean[]>([]);
  const next = useRef<HTMLFieldSetElement>(null);
  const seen = said.length;
  // Whoever goes by keyboard or by ear is taken along to what has just appeared.
  useEffect(() => next.current?.focus(), [seen]);
  const judge = (index: number, wasSaid: boolean) =>
    setSaid((old) => [...old.slice(0, index), wasSaid, ...old.slice(index + 1)]);
  const done = seen === points.length;
  return (
    <div className="comparison">
      {points.slice(0, seen + 1).map((point, index) => (
        <fieldset
          key={index}
          ref={index === seen ? next : undefined}
          tabIndex={-1}
          data-testid="point"
        >
          <legend>{t('interview.point', { n: index + 1, total: points.length })}</legend>
          <div>
            <Content nodes={point.children} />
          </div>
          <Judgement said={said[index]} onJudge={(wasSaid) => judge(index, wasSaid)} />
        </fieldset>
      ))}
      <div role="status">
        {done && (
          <>
            <strong data-testid="interview-count">
              {t('interview.count', { n: said.filter(Boolean).length, total: points.length })}
            </strong>
            {named(node.children, 'Reveal').map((reveal, index) => (
              <Content key={index} nodes={reveal.children} />
            ))}
          </>
        )}
      </div>
    </div>
  );
}

function Judgement({
  said,
  onJudge,
}: {
  said: boolean | undefined;
  onJudge: (said: boolean) => void;
}) {
  const { t } = useTranslation();
  const name = useId();
  return (
    <p className="row">
      <label>
        <input type="radio" name={name} checked={said === true} onChange={() => onJudge(true)} />
        {t('interview.said')}
      </label>
      <label>
        <input type="radio" name={name} checked={said === false} onChange={() => onJudge(false)} />
        {t('interview.missed')}
      </label>
    </p>
  );
}
