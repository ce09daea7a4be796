// Version, uptime, memory, where the server listens: whatever the status says.
import { useTranslation } from 'react-i18next';
import type { Status } from '../../api/runtime';
import { megabytes, number } from '../../i18n/format';
import classes from './overview.module.css';

function useUptime() {
  const { t } = useTranslation();
  return (seconds: number) => {
    const days = Math.floor(seconds / 86400);
    const hours = Math.floor(seconds / 3600) % 24;
    const minutes = Math.floor(seconds / 60) % 60;
    if (days) return t('overview.uptime.days', { count: days, hours });
    if (hours) return t('overview.uptime.hours', { hours, minutes });
    return t('overview.uptime.minutes', { count: minutes });
  };
}

const lines = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.map((item) => (typeof item === 'object' ? Object.values(item as object).join(' ') : String(item)));
  return value ? [String(value)] : [];
};

export function System({ status }: { status: Status | undefined }) {
  const { t } = useTranslation();
  const uptime = useUptime();
  const listening = lines(status?.listen ?? status?.listening);
  const memory = Number(status?.memory_bytes ?? status?.rss_bytes ?? 0);

  const rows: [string, string[]][] = [
    [t('overview.version'), [status?.version ?? '']],
    [t('overview.uptime.title'), [status?.uptime_s === undefined ? '' : uptime(status.uptime_s)]],
    [t('overview.memory'), memory ? [megabytes(memory)] : []],
    [t('overview.listening'), listening],
  ];
  const callsToday = status?.calls_total;
  if (typeof callsToday === 'number') rows.push([t('overview.callsTotal'), [number(callsToday)]]);

  return (
    <section className={`panel ${classes.box}`} aria-labelledby="overview-system">
      <h2 id="overview-system">{t('overview.system')}</h2>
      <dl className={classes.facts}>
        {rows
          .filter(([, values]) => values.length > 0)
          .map(([name, values]) => (
            <div key={name}>
              <dt>{name}</dt>
              {values.map((value) => (
                <dd key={value}>{value}</dd>
              ))}
            </div>
          ))}
      </dl>
    </section>
  );
}
