// The lines, newest first.
import { Button, Loader, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { useLogLines } from '../../api/logs';
import { dateTime } from '../../i18n/format';
import classes from './logs.module.css';

export function Lines({ lines }: { lines: ReturnType<typeof useLogLines> }) {
  const { t } = useTranslation();
  const rows = lines.data?.pages.flatMap((page) => page.items) ?? [];
  if (lines.isPending) return <Loader m="md" size="sm" />;
  if (lines.isError)
    return (
      <Text p="md" c="red" role="alert">
        {t('logs.failed')}
      </Text>
    );
  return (
    <>
      <div className={classes.scroll}>
        <table className={`mono ${classes.lines}`} aria-label={t('logs.lines')}>
          <thead className="visually-hidden">
            <tr>
              <th>{t('logs.at')}</th>
              <th>{t('logs.level')}</th>
              <th>{t('logs.component')}</th>
              <th>{t('logs.text')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((line) => (
              <tr key={line.position} data-level={line.level}>
                <td className={classes.at} title={line.at}>
                  {dateTime(line.at)}
                </td>
                <td className={classes.level}>{line.level}</td>
                <td className={classes.component}>{line.component}</td>
                <td className={classes.text}>{line.text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length === 0 && (
        <Text p="md" c="dimmed">
          {t('logs.none')}
        </Text>
      )}
      {lines.hasNextPage && (
        <Button m="sm" variant="default" loading={lines.isFetchingNextPage} onClick={() => void lines.fetchNextPage()}>
          {t('logs.older')}
        </Button>
      )}
    </>
  );
}
