// Where calls to each number of somebody go: always, when busy, when nobody answers. Saved at once.
import { Alert, Loader, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { TRIGGERS, useRedirections, type Redirected } from '../../api/redirections';
import { errorText } from '../../shell/notify';
import { RedirectionRow } from './RedirectionRow';
import classes from './redirections.module.css';

interface RedirectionsProps {
  whose: Redirected;
  /** Of a user: the phones ring during a call, too. */
  callWaiting?: boolean;
}

export function Redirections({ whose, callWaiting = false }: RedirectionsProps) {
  const { t } = useTranslation();
  const { numbers, redirections, error } = useRedirections(whose);
  if (error) return <Alert color="red">{errorText(error)}</Alert>;
  if (!numbers || !redirections) return <Loader size="sm" />;
  return (
    <Stack gap="md" maw={720}>
      <Text c="dimmed">{t('redirections.intro')}</Text>
      {numbers.length === 0 && <Text>{t('redirections.noNumbers')}</Text>}
      {numbers.map((number) => (
        <fieldset key={number.id} className={classes.number}>
          <legend>{number.number}</legend>
          {TRIGGERS.map((trigger) => (
            <RedirectionRow
              key={trigger}
              whose={whose}
              number={number}
              trigger={trigger}
              stored={redirections.find((one) => one.number === number.id && one.trigger === trigger) ?? null}
              note={trigger === 'busy' && callWaiting ? t('redirections.callWaiting') : undefined}
            />
          ))}
        </fieldset>
      ))}
    </Stack>
  );
}
