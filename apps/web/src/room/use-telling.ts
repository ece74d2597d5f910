import { type FormEvent, useState } from 'react';

/** A message being written: it is sent once, and stays when it could not be. @param onTell resolves to whether it was sent. */
export function useTelling(onTell: (text: string) => Promise<boolean>) {
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const tell = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    if (await onTell(text)) setText('');
    setBusy(false);
  };
  return {
    ...{ text, setText, isReady: !busy && text.trim() !== '' },
    tell: (event: FormEvent) => void tell(event),
  };
}
