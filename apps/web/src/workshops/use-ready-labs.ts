import type { LabCard } from '@tatami/protocol';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api.ts';

/** The labs that a workshop can be held in. */
export function useReadyLabs() {
  const { language } = useTranslation().i18n;
  const [labs, setLabs] = useState<LabCard[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    // They are for whoever has a session, as learners have.
    api
      .session()
      .then(() => api.labs(language))
      .then((all) => setLabs(all.filter(({ status }) => status === 'ready')), setError);
  }, [language]);
  return { labs, error };
}
