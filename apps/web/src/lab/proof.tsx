import { Cause, type Evidence, type QuizContent } from '@tatami/protocol';
import { useTranslation } from 'react-i18next';
import { RecordingLink } from '../player/recording-link.tsx';
import { shownTime } from '../workshops/times.ts';
import { LearnerText } from './learner-text.tsx';

type Fact = Evidence['facts'][number];

const mostCharacters = 300;
const ofCommand = /^(entered|exit-code|ns-.+)$/;

/** A command with what was seen of it, or facts that belong to none (`command` is null). */
export interface Deed {
  command: string | null;
  facts: Fact[];
}

/** The facts in their order, those of a command with it. */
export function deeds(facts: Fact[]): Deed[] {
  const found: Deed[] = [];
  for (const fact of facts) {
    const last = found.at(-1);
    if (fact.name === 'command') found.push({ command: fact.value, facts: [] });
    else if (last && (last.command === null || ofCommand.test(fact.name))) last.facts.push(fact);
    else found.push({ command: null, facts: [fact] });
  }
  return found;
}

interface Props {
  evidence: Evidence;
  /** Of a quiz: what its evidence names by id. */
  quiz?: QuizContent | null;
  /** Shows the map as it was then (ms since the epoch). */
  onMap?: ((at: number) => void) | null;
  /** Whose terminals were recorded. */
  lab: string;
}

/** When a check passed, and what the kernel saw the learner do. */
export function Proof({ evidence, quiz = null, onMap = null, lab }: Props) {
  const { t, i18n } = useTranslation();
  const at = new Date(evidence.at);
  const time = shownTime(evidence.at, i18n.language);
  return (
    <details className="proof">
      <summary>
        <time dateTime={evidence.at}>{t('provenAt', { time })}</time> · {t('whatYouDid')}
      </summary>
      {deeds(evidence.facts).map(({ command, facts }, index) => (
        <div className="deed" key={index}>
          {command !== null && (
            <code>
              <LearnerText text={command} most={mostCharacters} />
            </code>
          )}
          <Facts facts={facts} quiz={quiz} />
        </div>
      ))}
      {onMap && (
        <button type="button" className="link" onClick={() => onMap(at.getTime())}>
          {t('map.see')}
        </button>
      )}
      {evidence.offsets
        .filter(({ offset }) => offset > 0)
        .map(({ terminal, offset, machine }) => (
          <RecordingLink key={terminal} {...{ lab, terminal, machine }} at={offset}>
            {t('player.evidence', { id: terminal })}
          </RecordingLink>
        ))}
    </details>
  );
}

function Facts({ facts, quiz }: { facts: Fact[]; quiz: QuizContent | null }) {
  const { t } = useTranslation();
  if (facts.length === 0) return null;
  const shown = ({ name, value }: Fact): string => {
    if (name === 'question' && quiz) return questionsOf(value, quiz);
    // `CAUSE: VALUE`, see packages/checks/src/answer-facts.ts.
    const [, cause, typed] = (name === 'answer' && /^(\w+): (.*)$/s.exec(value)) || [];
    return Cause.safeParse(cause).success ? `${t(`cause.${cause}`)}: ${typed}` : value;
  };
  return (
    <dl>
      {facts.map((fact, index) => (
        <div key={index}>
          <dt>{t(`fact.${fact.name}`)}</dt>
          <dd>
            <LearnerText text={shown(fact)} most={mostCharacters} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** The questions that a list of ids names, in words. */
const questionsOf = (ids: string, { questions }: QuizContent): string =>
  ids
    .split(', ')
    .map((id) => questions.find((one) => one.id === id)?.question ?? id)
    .join(' / ');
