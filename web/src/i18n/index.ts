// The page's languages. Texts live in en/ and de/, one file per part of the page; each language is
// loaded only when used.
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';

export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

const STORED = 'strowger.language';
const LOADERS = {
  en: () => import('./en'),
  de: () => import('./de'),
};

const isLanguage = (name: string | null): name is Language => LANGUAGES.some((l) => l === name);

function initialLanguage(): Language {
  const chosen = localStorage.getItem(STORED);
  if (isLanguage(chosen)) return chosen;
  const spoken = navigator.languages.map((l) => l.slice(0, 2)).find(isLanguage);
  return spoken ?? 'en';
}

async function load(language: Language) {
  if (!i18next.hasResourceBundle(language, 'translation')) {
    i18next.addResourceBundle(language, 'translation', (await LOADERS[language]()).default);
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

export async function startI18n() {
  await i18next.use(initReactI18next).init({ resources: {}, interpolation: { escapeValue: false } });
  await load(initialLanguage());
}

export async function chooseLanguage(language: Language) {
  localStorage.setItem(STORED, language);
  await load(language);
}

/** Follows the user's own language unless this browser has been told otherwise. */
export async function followUserLanguage(language: string) {
  if (!localStorage.getItem(STORED) && isLanguage(language)) await load(language);
}
