import { useTranslation } from 'react-i18next';

interface Props {
  lab: string;
  terminal: string;
  /** Without it the machine that runs, or the last one. */
  machine?: string | undefined;
  /** Where to look: the bytes before this offset are shown. */
  at?: number;
  children: string;
}

/** Opens a terminal's recording beside the lab, whose terminals stay. */
export function RecordingLink({ lab, terminal, machine, at, children }: Props) {
  const { t } = useTranslation();
  const place = new URLSearchParams({
    ...(machine === undefined ? {} : { machine }),
    ...(at === undefined ? {} : { at: String(at) }),
  });
  const query = String(place) && `?${place}`;
  return (
    <a
      href={`/labs/${lab}/terminals/${terminal}/recording${query}`}
      target="_blank"
      rel="noopener"
      data-testid={`recording-${terminal}`}
    >
      {children}
      <span className="unseen"> {t('player.newTab')}</span>
    </a>
  );
}
