import { useTranslation } from 'react-i18next';
import { LearnerText } from '../lab/learner-text.tsx';
import type { Area } from './areas.ts';
import type { Facts, Membership, ProcessFacts } from './facts.ts';
import { insidePid, machinePid, programOf } from './kinds.ts';
import { nameOf, titleOf } from './names.ts';
import { AreaWords, Entry, ProcessWords } from './words.tsx';

const mostOfCommand = 160;
const mostListed = 8;

interface Props {
  facts: Facts;
  /** Process or area. */
  id: string;
  onClose: () => void;
  /** Only while the pointer is there. */
  isPreview: boolean;
  /** Where it does not cover what it is about. */
  isAtStart: boolean;
}

/** All about what was chosen: a process with its pids and namespaces, or an area with what is in it. */
export function Card({ facts, id, onClose, isPreview, isAtStart }: Props) {
  const { t } = useTranslation();
  const process = facts.processes.get(id);
  const area = facts.areas.all.find((one) => one.id === id);
  return (
    <section
      className="map-card"
      aria-label={t('map.card')}
      data-testid="map-card"
      data-preview={isPreview}
      data-side={isAtStart ? 'start' : 'end'}
    >
      {!isPreview && (
        <button type="button" className="quiet map-close" onClick={onClose}>
          {t('close')}
        </button>
      )}
      {process && <ProcessCard of={process} />}
      {area && <AreaCard area={area} />}
      {!process && !area && <p>{t('map.gone')}</p>}
    </section>
  );
}

function ProcessCard({ of }: { of: ProcessFacts }) {
  const { t } = useTranslation();
  const { process, parent, area, program } = of;
  return (
    <>
      <h3>
        <LearnerText text={program} most={40} />
        {process.terminals.map((id) => (
          <span key={id} className="badge">
            {t('terminal', { id })}
          </span>
        ))}
      </h3>
      <code>
        <LearnerText text={process.command} most={mostOfCommand} />
      </code>
      <dl>
        <ProcessWords of={of} />
        <Entry name={t('map.parent')}>
          {parent ? (
            <>
              <LearnerText text={programOf(parent.command)} most={30} /> ({machinePid(parent)})
            </>
          ) : (
            '–'
          )}
        </Entry>
        <Entry name={t('map.place')}>{titleOf(area.name, t)}</Entry>
      </dl>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('map.kind')}</th>
            <th scope="col">{t('map.inode')}</th>
            <th scope="col">{t('map.whose')}</th>
          </tr>
        </thead>
        <tbody>
          {of.memberships.map((one) => (
            <tr key={one.kind} data-kind={one.kind}>
              <th scope="row" title={t(`fact.ns-${one.kind}`)}>
                {one.kind}
              </th>
              <td>{one.inode}</td>
              <td>
                <Whose of={one} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** Whether a namespace is the machine's, and who else is in it, in words. */
function Whose({ of: { machine, sharedWith } }: { of: Membership }) {
  const { t } = useTranslation();
  if (machine) return t('map.sameAsMachine');
  if (sharedWith.length === 0) return <strong>{t('map.notMachine')}</strong>;
  const names = sharedWith.slice(0, mostListed).map(({ name }) => nameOf(name, t));
  return <strong>{t('map.sharedWith', { names: names.join(', ') })}</strong>;
}

function AreaCard({ area }: { area: Area }) {
  const { t } = useTranslation();
  const listed = area.processes.slice(0, mostListed);
  return (
    <>
      <h3>{titleOf(area.name, t)}</h3>
      <AreaWords area={area} />
      <p>{t('map.count', { n: area.processes.length })}</p>
      <ul>
        {listed.map((process) => (
          <li key={process.id}>
            <LearnerText text={programOf(process.command)} most={40} />{' '}
            {insidePid(process) === null
              ? t('map.pid', { pid: machinePid(process) })
              : t('map.pids', { pid: machinePid(process), inside: insidePid(process) })}
          </li>
        ))}
        {listed.length < area.processes.length && (
          <li>{t('map.fold.rest', { n: area.processes.length - listed.length })}</li>
        )}
      </ul>
    </>
  );
}
