// One user: data, telephony, numbers.
import { Badge, Button, Loader } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router-dom';
import { useItem } from '../../api/collections';
import { userName } from '../../api/names';
import { useEntitySchema } from '../../api/openapi';
import type { User } from '../../api/types';
import { PageFrame } from '../../shell/PageFrame';
import { State } from '../../table/State';
import { UserForm } from './UserForm';

export default function UserEditor() {
  const { t } = useTranslation();
  const { id = 'new' } = useParams();
  const schema = useEntitySchema('user', id === 'new' ? 'create' : 'patch');
  const user = useItem<User>('users', id === 'new' ? null : Number(id));

  const up = { to: '/users', text: t('users.title') };
  if (user.isError) {
    const data = { rows: [], total: 0, loading: false, error: user.error, retry: () => void user.refetch() };
    return (
      <PageFrame title={t('users.one')} up={up}>
        <State data={data} narrowed={false} onWiden={() => undefined} />
      </PageFrame>
    );
  }
  if (!schema || (id !== 'new' && !user.data)) return <Loader m="xl" size="sm" />;
  return (
    <PageFrame
      title={user.data ? userName(user.data) : t('users.new')}
      up={up}
      badge={
        <>
          {user.data?.admin && <Badge>{t('users.admin')}</Badge>}
          {user.data?.dnd && <Badge color="red">{t('users.dnd')}</Badge>}
          {user.data?.enabled === false && <Badge color="gray">{t('users.disabled')}</Badge>}
        </>
      }
      actions={
        user.data && (
          <>
          <Button component={Link} to={`/users/${user.data.id}/keys`} variant="default">
            {t('keys.open')}
          </Button>
          <Button component={Link} to={`/route-test?user=${user.data.id}`} variant="default">
            {t('users.test')}
          </Button>
          </>
        )
      }
    >
      <UserForm key={id} schema={schema} user={user.data ?? null} />
    </PageFrame>
  );
}
