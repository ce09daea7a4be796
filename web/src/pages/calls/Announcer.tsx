// Tells screen readers how many calls there are, but not more often than one can listen.
import { useThrottledValue } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';

const QUIET_MS = 3000;

export function Announcer({ count }: { count: number }) {
  const { t } = useTranslation();
  const told = useThrottledValue(count, QUIET_MS);
  return (
    <p className="visually-hidden" aria-live="polite">
      {t('calls.now', { count: told })}
    </p>
  );
}
