import { type ComponentType, type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

interface Props<P> {
  /** The same function each time: a component that it brought is kept. */
  load: () => Promise<{ default: ComponentType<P> }>;
  props: P;
  /** Shown meanwhile. */
  children: ReactNode;
}

/**
 * A component that comes when it is needed. Not by React's lazy: once a Suspense has shown its fallback, React
 * holds back what follows for 300 ms.
 */
export function Later<P extends object>({ load, props, children }: Props<P>) {
  const [loaded, setLoaded] = useState<{ Page: ComponentType<P> }>();
  const [hasFailed, setFailed] = useState(false);
  useEffect(() => {
    let over = false;
    load().then(
      ({ default: Page }) => !over && setLoaded({ Page }),
      () => !over && setFailed(true),
    );
    return () => {
      over = true;
    };
  }, [load]);
  if (hasFailed) return <LoadFailed />;
  return loaded ? <loaded.Page {...props} /> : children;
}

/** Not thrown: what is around it, and what was typed there, stays. */
function LoadFailed() {
  const { t } = useTranslation();
  return (
    <div role="alert" className="banner" data-testid="load-failed">
      <p>{t('later.failed')}</p>
      <button type="button" onClick={() => location.reload()}>
        {t('later.again')}
      </button>
    </div>
  );
}
