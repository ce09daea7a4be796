// Where the link of an invitation leads who has no account: what he needs to take part, and nothing else.
import { Alert, Loader, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useInvitation } from '../../api/conferences';
import { dateTime } from '../../i18n/format';
import { Door } from '../../shell/Door';
import { errorText } from '../../shell/notify';
import classes from './conferences.module.css';

export default function Invitation({ token }: { token: string }) {
  const { t } = useTranslation();
  const { data, error } = useInvitation(token);
  return (
    <Door title={data?.name ?? t('conferences.invitation')}>
      {error && (
        <Alert color="red" role="alert">
          {errorText(error)}
        </Alert>
      )}
      {!error && !data && <Loader size="sm" />}
      {data && (
        <Stack gap="sm">
          <Text>{t('conferences.invitedBy', { name: data.participant_name, owner: data.owner_name })}</Text>
          <Text>
            <strong>{dateTime(data.begins_at)}</strong>
            <br />
            <Text span size="sm" c="dimmed">
              {t('conferences.yourZone', { zone: Intl.DateTimeFormat().resolvedOptions().timeZone })}
            </Text>
          </Text>
          {data.message && <Text className={classes.preview}>{data.message}</Text>}
          <div>
            <Title order={2} size="h4">
              {t('conferences.dialIn')}
            </Title>
            <Text className={classes.preview}>{data.numbers || t('conferences.noNumbers')}</Text>
          </div>
          <Text>
            {t('conferences.yourPin')} <strong className="mono">{data.pin}</strong>
            {data.moderator && ` · ${t('conferences.youModerate')}`}
          </Text>
          {data.participants.length > 0 && <Text size="sm">{t('conferences.with', { names: data.participants.join(', ') })}</Text>}
        </Stack>
      )}
    </Door>
  );
}
