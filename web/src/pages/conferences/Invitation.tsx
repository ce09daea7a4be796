// Where the link of an invitation leads who has no account: what he needs to take part, and nothing else.
import { Alert, Loader } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useInvitation } from '../../api/conferences';
import { Door } from '../../shell/Door';
import { errorText } from '../../shell/notify';
import { InvitationText } from './InvitationText';

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
      {data && <InvitationText invitation={data} />}
    </Door>
  );
}
