// How the new phones log in: to print, or to save as a file. The page forgets it when it is left.
import { Alert, Button, Group, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import { Icon } from '../../../shell/icons';
import table from '../../../table/table.module.css';
import { csvOf, saveFile } from '../../../shell/csv';
import classes from './several.module.css';
import type { MadePhones } from './useMakePhones';

export function AccessData({ made: { phones, account, notGiven } }: { made: MadePhones }) {
  const { t } = useTranslation();
  const hasUsers = phones.some(({ user }) => user !== '');
  const head = [
    t('phones.sip.username'), t('phones.sip.password'), ...(hasUsers ? [t('phones.several.user')] : []),
    t('phones.sip.server'), t('phones.sip.port'), t('phones.sip.transport'),
  ];
  const rows = phones.map(({ name, secret, user }) => [name, secret, ...(hasUsers ? [user] : []), account.server, String(account.port), account.transport]);

  return (
    <Stack p="md" gap="sm">
      <Alert color="brass" className={classes.screenOnly}>
        {t('phones.several.once')}
      </Alert>
      {notGiven.length > 0 && <Alert color="red">{t('phones.several.notGiven', { names: notGiven.join(', ') })}</Alert>}
      <Group gap="xs" className={classes.screenOnly}>
        <Button leftSection={<Icon name="print" size={14} />} onClick={() => window.print()}>
          {t('phones.several.print')}
        </Button>
        <Button variant="default" leftSection={<Icon name="download" size={14} />} onClick={() => saveFile('phones.csv', 'text/csv', csvOf([head, ...rows]))}>
          {t('phones.several.csv')}
        </Button>
        <Button component={Link} to="/phones" variant="default">
          {t('phones.title')}
        </Button>
      </Group>
      <div className={table.scroll} data-print>
        <table className={table.table} aria-label={t('phones.several.access')}>
          <thead>
            <tr>
              {head.map((text) => (
                <th key={text} scope="col">
                  {text}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((cells) => (
              <tr key={cells[0]}>
                {cells.map((text, index) => (
                  <td key={index} className={index < 2 ? 'mono' : undefined}>
                    {text}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Stack>
  );
}
