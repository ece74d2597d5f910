import { type ComponentType, type ReactNode, useEffect, useState } from 'react';

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
  const [failure, setFailure] = useState<{ cause: unknown }>();
  useEffect(() => {
    let over = false;
    load().then(
      ({ default: Page }) => !over && setLoaded({ Page }),
      (cause: unknown) => !over && setFailure({ cause }),
    );
    return () => {
      over = true;
    };
  }, [load]);
  if (failure) throw failure.cause;
  return loaded ? <loaded.Page {...props} /> : children;
}
