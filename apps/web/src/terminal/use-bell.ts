import { useEffect, useRef, useState } from 'react';
import { terminalSettings } from './settings.ts';

/** A program that rings without end is heard this often. */
const pauseMs = 500;
const shownMs = 250;
const sound = { frequencyHz: 660, seconds: 0.08, gain: 0.06 };

/** The bell: the frame lights up for a moment, and a soft tone sounds if the learner wants one. */
export function useBell() {
  const [isRinging, setRinging] = useState(false);
  const last = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    if (!isRinging) return;
    const timer = setTimeout(() => setRinging(false), shownMs);
    return () => clearTimeout(timer);
  }, [isRinging]);
  return {
    isRinging,
    ring: () => {
      const now = performance.now();
      if (now - last.current < pauseMs) return;
      last.current = now;
      setRinging(true);
      if (terminalSettings().bellSounds) sounds();
    },
  };
}

let context: AudioContext | undefined;

function sounds(): void {
  context ??= new AudioContext();
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.frequency.value = sound.frequencyHz;
  volume.gain.value = sound.gain;
  // Falls to silence, or the end would click.
  volume.gain.exponentialRampToValueAtTime(0.0001, context.currentTime + sound.seconds);
  tone.connect(volume).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + sound.seconds);
}
