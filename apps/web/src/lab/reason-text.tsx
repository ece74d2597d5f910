import type { Reason } from '@tatami/protocol';
import { useTranslation } from 'react-i18next';
import { shortened, visible } from './learner-text.tsx';

const mostCharacters = 60;

const mapped = (params: Reason['params'], change: (text: string) => string): Reason['params'] =>
  Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      typeof value === 'string' ? change(value) : value,
    ]),
  );

interface Props {
  checkId: string;
  reason: Reason;
  /** Points at the process that the reason speaks of. */
  onMap: (process: string) => void;
}

/** Why a check is not met. Its parameters may be what a learner typed. */
export function ReasonText({ checkId, reason, onMap }: Props) {
  const { t } = useTranslation();
  const whole = t(reason.key, mapped(reason.params, visible));
  const short = t(
    reason.key,
    mapped(reason.params, (text) => shortened(visible(text), mostCharacters)),
  );
  return (
    <p
      className="reason"
      data-testid={`check-reason-${checkId}`}
      title={short === whole ? undefined : whole}
    >
      {short}
      {typeof reason.params.process === 'string' && (
        <>
          {' '}
          <button
            type="button"
            className="link"
            onClick={() => onMap(String(reason.params.process))}
          >
            {t('map.see')}
          </button>
        </>
      )}
    </p>
  );
}
