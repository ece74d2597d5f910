import { closeCodes } from '@tatami/protocol';
import { useTranslation } from 'react-i18next';
import type { ConnectionState } from './terminal-connection.ts';

/** What the button starts that follows an end. */
const actions: Partial<Record<number, string>> = {
  [closeCodes.shellExited]: 'newShell',
  [closeCodes.sandboxClosed]: 'startMachine',
};

/** The connection in words; one that is not by WebSocket says so, for it is slower. */
export function ConnectionText({ state }: { state: ConnectionState }) {
  const { t } = useTranslation();
  if (state.name === 'live' && state.way !== 'websocket') return t(`connection.live.${state.way}`);
  if (state.name !== 'ended') return t(`connection.${state.name}`);
  const { code, exitCode } = state;
  if (code === closeCodes.shellExited && exitCode !== null)
    return t('shellExited', { code: exitCode });
  return `${t(`close.${code}`)} (${code})`;
}

/** That a terminal ended, how, and what can be done. */
export function ShellEnded({
  state,
  onReopen,
}: {
  state: Extract<ConnectionState, { name: 'ended' }>;
  onReopen: () => void;
}) {
  const { t } = useTranslation();
  return (
    <div className="shell-ended" data-testid="shell-ended">
      <p>
        <ConnectionText state={state} />
      </p>
      <button type="button" data-testid="reopen" onClick={onReopen}>
        {t(actions[state.code] ?? 'tryAgain')}
      </button>
    </div>
  );
}
