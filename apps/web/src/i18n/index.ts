import i18next from 'i18next';
import { keep, kept } from '../storage.ts';
import { initTexts } from './init.ts';
import { preferredLanguage } from './preferred-language.ts';

const chosen = kept('tatami.language');
const lng = preferredLanguage(chosen === null ? navigator.languages : [chosen]);
void initTexts(lng);
document.documentElement.lang = lng;
i18next.on('languageChanged', (next) => {
  document.documentElement.lang = next;
  keep('tatami.language', next);
});
