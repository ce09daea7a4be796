// One's own redirections, do not disturb and call waiting.
import { Divider, Stack, Switch } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useChangeMe } from '../../api/account';
import type { User } from '../../api/types';
import { fieldHelp, fieldLabel } from '../../forms/texts';
import { notifyError } from '../../shell/notify';
import { Redirections } from '../redirections/Redirections';

export function OwnRedirections({ me }: { me: User }) {
  const { t } = useTranslation();
  const change = useChangeMe();
  return (
    <Stack gap="md">
      <Switch
        label={fieldLabel('user', 'dnd')}
        description={t('redirections.dndHelp')}
        checked={me.dnd}
        disabled={change.isPending}
        onChange={(event) => change.mutate({ dnd: event.currentTarget.checked }, { onError: notifyError })}
      />
      <Switch
        label={fieldLabel('user', 'call_waiting')}
        description={fieldHelp('user', 'call_waiting', false)}
        checked={me.call_waiting}
        disabled={change.isPending}
        onChange={(event) => change.mutate({ call_waiting: event.currentTarget.checked }, { onError: notifyError })}
      />
      <Divider />
      <Redirections whose="own" callWaiting={me.call_waiting} />
    </Stack>
  );
}
