// Version, uptime, memory, where the server listens.
import { useTranslation } from 'react-i18next';
import type { Status } from '../../api/runtime';
import { megabytes } from '../../i18n/format';
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

export function System({ status }: { status: Status }) {
  const { t } = useTranslation();
  const uptime = useUptime();
  const listening = status.listening.map(({ service, transport, address }) => `${service.toUpperCase()} ${address} ${transport.toUpperCase()}`);
  const rows: [string, string[]][] = [
    [t('overview.version'), [status.version]],
    [t('overview.uptime.title'), [uptime(status.uptime_s)]],
    [t('overview.memory'), [megabytes(status.memory_bytes)]],
    [t('overview.listening'), listening],
  ];

  return (
    <section className={`panel ${classes.box}`} aria-labelledby="overview-system">
      <h2 id="overview-system">{t('overview.system')}</h2>
      <dl className={classes.facts}>
        {rows.map(([name, values]) => (
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
