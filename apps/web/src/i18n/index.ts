import i18next from 'i18next';
import { initTexts } from './init.ts';
import { preferredLanguage } from './preferred-language.ts';

const chosen = localStorage.getItem('tatami.language');
const lng = preferredLanguage(chosen === null ? navigator.languages : [chosen]);
void initTexts(lng);
document.documentElement.lang = lng;
i18next.on('languageChanged', (next) => {
  document.documentElement.lang = next;
  localStorage.setItem('tatami.language', next);
});
