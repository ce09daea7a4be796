// The function keys of a user, for administrators.
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router-dom';
import { useItem } from '../../api/collections';
import { userName } from '../../api/names';
import type { User } from '../../api/types';
import { PageFrame } from '../../shell/PageFrame';
import { KeyEditor } from './KeyEditor';
import classes from './keys.module.css';

export default function UserKeys() {
  const { t } = useTranslation();
  const id = Number(useParams().id);
  const user = useItem<User>('users', id);
  const name = user.data ? userName(user.data) : '';
  return (
    <PageFrame title={name ? t('keys.of', { name }) : t('keys.title')} up={{ to: `/users/${id}`, text: name }}>
      <section className={`panel ${classes.box}`} aria-labelledby="keys-arrange">
        <h2 id="keys-arrange">{t('keys.arrange')}</h2>
        <KeyEditor owner={id} />
      </section>
    </PageFrame>
  );
}
