import { Language, type RosterReport, type Workshop } from '@tatami/protocol';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorText } from '../error-text.tsx';
import { useSending } from '../lab/use-sending.ts';
import { languageNames } from './plan.ts';
import { workshopsApi } from './workshops-api.ts';

/** A roster from a file: looked at first, then kept. And one more by hand. */
export function RosterUpload({ workshop }: { workshop: Workshop }) {
  const { t } = useTranslation();
  const [file, setFile] = useState<Blob | null>(null);
  const [report, setReport] = useState<RosterReport | null>(null);
  const { sending, error, send } = useSending(false);
  const choose = (chosen: File) => {
    setFile(null);
    setReport(null);
    void send(async () => {
      // Its bytes: a file that changes on the disk after it was looked at can no longer be sent.
      const bytes = new Blob([await chosen.arrayBuffer()]);
      setFile(bytes);
      setReport(await workshopsApi.roster(workshop.id, bytes, false));
    });
  };
  const keep = (chosen: Blob) =>
    void send(async () => setReport(await workshopsApi.roster(workshop.id, chosen, true)));
  return (
    <section aria-labelledby="roster">
      <h2 id="roster">{t('workshops.roster')}</h2>
      <p>{t('workshops.rosterText')}</p>
      <input
        type="file"
        accept=".csv,.txt,text/csv"
        aria-labelledby="roster"
        data-testid="roster-file"
        disabled={sending}
        // Choosing a corrected file of the same name would be no change.
        onClick={(e) => {
          e.currentTarget.value = '';
        }}
        onChange={(e) => {
          const chosen = e.target.files?.[0];
          if (chosen) choose(chosen);
        }}
      />
      <ErrorText error={error} />
      {report && file && <Preview report={report} busy={sending} onKeep={() => keep(file)} />}
      <AddOne workshop={workshop} />
    </section>
  );
}

function Preview(props: { report: RosterReport; busy: boolean; onKeep: () => void }) {
  const { t } = useTranslation();
  const { entries, problems, encoding, added, changed, gone, applied } = props.report;
  return (
    <div className="roster-preview" data-testid="roster-preview">
      <p role="status">
        {applied
          ? t('workshops.rosterKept', { n: entries.length })
          : t('workshops.rosterRead', {
              n: entries.length,
              encoding: encoding.toUpperCase(),
              ...{ added, changed, gone },
            })}
      </p>
      {problems.length > 0 && (
        <>
          <p>{t('workshops.rosterProblems')}</p>
          <ul>
            {problems.slice(0, 20).map(({ line, reason, text }) => (
              <li key={line}>{t(`workshops.rosterProblem.${reason}`, { line, text })}</li>
            ))}
          </ul>
        </>
      )}
      {!applied && problems.length === 0 && (
        <>
          <ol className="roster-names">
            {entries.slice(0, 10).map(({ number, name, language }) => (
              <li key={number} lang={language}>
                {number} {name}
              </li>
            ))}
          </ol>
          <button type="button" disabled={props.busy} onClick={props.onKeep}>
            {t('workshops.rosterKeep')}
          </button>
        </>
      )}
    </div>
  );
}

function AddOne({ workshop }: { workshop: Workshop }) {
  const { t } = useTranslation();
  const empty = { number: '', name: '', language: workshop.language };
  const [entry, setEntry] = useState(empty);
  const { sending, error, send } = useSending(!entry.number.trim() || !entry.name.trim());
  return (
    <form
      className="row add-one"
      onSubmit={(event) => {
        event.preventDefault();
        void send(async () => {
          await workshopsApi.addSeat(workshop.id, entry);
          setEntry(empty);
        });
      }}
    >
      <input
        aria-label={t('workshops.number')}
        placeholder={t('workshops.number')}
        maxLength={40}
        value={entry.number}
        onChange={(e) => setEntry({ ...entry, number: e.target.value })}
      />
      <input
        aria-label={t('workshops.name')}
        placeholder={t('workshops.name')}
        maxLength={60}
        value={entry.name}
        onChange={(e) => setEntry({ ...entry, name: e.target.value })}
      />
      <select
        aria-label={t('language')}
        value={entry.language}
        onChange={(e) => setEntry({ ...entry, language: Language.parse(e.target.value) })}
      >
        {Language.options.map((one) => (
          <option key={one} value={one}>
            {languageNames[one]}
          </option>
        ))}
      </select>
      <button type="submit" className="quiet" disabled={sending}>
        {t('workshops.addOne')}
      </button>
      <ErrorText error={error} />
    </form>
  );
}
