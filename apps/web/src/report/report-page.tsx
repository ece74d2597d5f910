import { type IncidentDraft, type IncidentPart, incidentParts } from '@tatami/protocol';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import '../styles/report.css';
import { api } from '../api.ts';
import { ErrorText } from '../error-text.tsx';
import { reportApi } from './report-api.ts';
import { Timeline } from './timeline.tsx';
import { useReport } from './use-report.ts';

/** Writing an incident report of what was done in a lab, and taking it away. */
export default function ReportPage({ lab }: { lab: string }) {
  const { t } = useTranslation();
  const [isReady, setReady] = useState(false);
  useEffect(() => {
    document.title = `${t('report.title')} · Tatami`;
  }, [t]);
  // Whoever comes here first has no session yet.
  useEffect(
    () =>
      void api.session().then(
        () => setReady(true),
        () => setReady(true),
      ),
    [],
  );
  return (
    <main className="page report">
      <h1>{t('report.title')}</h1>
      <p>
        <a href={`/labs/${lab}`}>{t('map.toLab')}</a>
      </p>
      {isReady ? <ReportForm key={lab} lab={lab} /> : t('loading')}
    </main>
  );
}

function ReportForm({ lab }: { lab: string }) {
  const { t } = useTranslation();
  const report = useReport(lab);
  const { view, error, isKept, change } = report;
  if (!view) return error ? <ErrorText error={error} /> : <p>{t('loading')}</p>;
  const { draft, steps } = view;
  const set = (part: Partial<IncidentDraft>) => change({ ...draft, ...part });
  const write = (part: IncidentPart, text: string) =>
    set({ parts: { ...draft.parts, [part]: text } });
  const prose = (part: IncidentPart) => (
    <label key={part} className="report-part">
      <strong>{t(`report.${part}`)}</strong>
      <small>{t(`report.ask.${part}`)}</small>
      <textarea
        rows={4}
        maxLength={4000}
        value={draft.parts[part]}
        data-testid={`report-${part}`}
        onChange={(event) => write(part, event.target.value)}
      />
    </label>
  );
  return (
    <form onSubmit={(event) => event.preventDefault()}>
      <p>{t('report.intro')}</p>
      <label className="report-part">
        <strong>{t('report.about')}</strong>
        <select
          value={draft.step ?? ''}
          data-testid="report-about"
          onChange={(event) => report.about(event.target.value || null)}
        >
          <option value="">{t('report.all')}</option>
          {steps.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
      </label>
      {(['title', 'author', 'occurred'] as const).map((field) => (
        <label key={field} className="report-part">
          <strong>{t(`report.field.${field}`)}</strong>
          <input
            value={draft[field]}
            maxLength={field === 'author' ? 100 : 200}
            data-testid={`report-${field}`}
            onChange={(event) => set({ [field]: event.target.value })}
          />
        </label>
      ))}
      {incidentParts.slice(0, 2).map(prose)}
      <Timeline
        {...{ lab, view, set }}
        onError={report.setError}
        onUnmark={() => report.reload()}
      />
      {incidentParts.slice(2).map(prose)}
      <ErrorText error={error} />
      <TakeAway {...{ lab, report, draft, isKept }} />
    </form>
  );
}

/** The file, and the way back to what was proposed. */
function TakeAway({
  lab,
  report,
  draft,
  isKept,
}: {
  lab: string;
  report: ReturnType<typeof useReport>;
  draft: IncidentDraft;
  isKept: boolean;
}) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const take = async (form: 'html' | 'markdown') => {
    setBusy(true);
    try {
      await report.keep();
      const { name, blob } = await reportApi.file(lab, form, draft);
      const link = document.createElement('a');
      link.href = URL.createObjectURL(blob);
      link.download = name;
      link.click();
      URL.revokeObjectURL(link.href);
      report.setError(null);
    } catch (cause) {
      report.setError(cause);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="row report-take">
      <button
        type="button"
        disabled={busy}
        data-testid="report-html"
        onClick={() => void take('html')}
      >
        {t('report.html')}
      </button>
      <button
        type="button"
        className="quiet"
        disabled={busy}
        data-testid="report-markdown"
        onClick={() => void take('markdown')}
      >
        {t('report.markdown')}
      </button>
      <button
        type="button"
        className="quiet"
        disabled={busy || !report.view?.kept}
        data-testid="report-over"
        onClick={() => confirm(t('report.over.ask')) && void report.startOver()}
      >
        {t('report.over')}
      </button>
      <small role="status" data-testid="report-kept">
        {t(isKept ? 'report.kept' : 'report.keeping')}
      </small>
      <p>
        <small>{t('report.sealed')}</small>
      </p>
    </div>
  );
}
