import type { StepState } from '@tatami/protocol';

/** How a step or an item of the lab stands, as a shape of its own; the words stand beside it. */
export function StepMark({ state }: { state: StepState }) {
  return (
    <svg
      className="step-mark"
      data-state={state}
      viewBox="0 0 16 16"
      width="14"
      height="14"
      aria-hidden="true"
    >
      <circle cx="8" cy="8" r="6.5" />
      {state === 'open' && <circle className="dot" cx="8" cy="8" r="2.5" />}
      {state === 'done' && <path d="M4.8 8.4l2.3 2.3L11.3 6" />}
      {state === 'skipped' && <path d="M5 5l3 3-3 3M8.5 5l3 3-3 3" />}
    </svg>
  );
}
