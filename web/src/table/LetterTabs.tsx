// A to Z above a table: shows only what begins with that letter.
import { useTranslation } from 'react-i18next';
import classes from './table.module.css';

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

export function LetterTabs({ letter, onLetter }: { letter: string; onLetter: (letter: string) => void }) {
  const { t } = useTranslation();
  return (
    <div className={classes.letters} role="group" aria-label={t('table.letters')}>
      {['', ...LETTERS].map((l) => (
        <button key={l} type="button" className={classes.letter} aria-pressed={l === letter} onClick={() => onLetter(l)}>
          {l || t('table.all')}
        </button>
      ))}
    </div>
  );
}
