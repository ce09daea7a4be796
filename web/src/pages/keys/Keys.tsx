// One's own function keys: pressed here, and arranged.
import { useTranslation } from 'react-i18next';
import { PageFrame } from '../../shell/PageFrame';
import { KeyEditor } from './KeyEditor';
import { KeyPanel } from './KeyPanel';
import classes from './keys.module.css';

export default function Keys() {
  const { t } = useTranslation();
  return (
    <PageFrame title={t('keys.title')}>
      <section className={`panel ${classes.box}`} aria-labelledby="keys-now">
        <h2 id="keys-now">{t('keys.now')}</h2>
        <KeyPanel />
      </section>
      <section className={`panel ${classes.box}`} aria-labelledby="keys-arrange">
        <h2 id="keys-arrange">{t('keys.arrange')}</h2>
        <KeyEditor owner={null} />
      </section>
    </PageFrame>
  );
}
