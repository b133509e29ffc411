# The second step of a verdict (confirmed, contested).
steps-dyn-resident-none = Ainda não foi possível confirmar se o seu certificado era válido. A data e a hora de chegada da solicitação continuam valendo.
steps-dyn-resident-provisional = Pela informação mais recente no momento da chegada da solicitação, o seu certificado era válido. Ele será verificado mais uma vez com a próxima informação. Você não precisa fazer nada.
steps-dyn-resident-confirmed = O certificado foi verificado de novo com informações posteriores: ele era válido quando a solicitação chegou.
steps-dyn-resident-contested = Uma informação posterior mostra que o certificado já não era válido quando a solicitação chegou. Isso acontece automaticamente após mudança de endereço ou de nome. Só por isso a solicitação não é recusada: o órgão de destino decide o que fazer, e você verá aqui.
steps-dyn-step-held-decision = Decidido após a espera
steps-dyn-step-confirmed = Validade do certificado confirmada
steps-dyn-step-contested = Certificado contestado
steps-statements = Mostrar os avisos assinados sobre o certificado (JWS)
steps-statements-hint = Cada aviso indica o anterior, e o primeiro indica o recibo. Guarde o arquivo: com ele você pode mostrar a qualquer momento o que foi verificado e quando.
steps-statements-save = Salvar o recibo e os avisos
