BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('v3.0.0.d');
CREATE TABLE studies (
	study_id INTEGER NOT NULL, 
	study_name VARCHAR(512) NOT NULL, 
	PRIMARY KEY (study_id)
);
INSERT INTO "studies" VALUES(1,'old');
CREATE TABLE study_directions (
	study_direction_id INTEGER NOT NULL, 
	direction VARCHAR(8) NOT NULL, 
	study_id INTEGER NOT NULL, 
	objective INTEGER NOT NULL, 
	PRIMARY KEY (study_direction_id), 
	UNIQUE (study_id, objective), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "study_directions" VALUES(1,'MAXIMIZE',1,0);
CREATE TABLE study_system_attributes (
	study_system_attribute_id INTEGER NOT NULL, 
	study_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (study_system_attribute_id), 
	UNIQUE (study_id, "key"), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
CREATE TABLE study_user_attributes (
	study_user_attribute_id INTEGER NOT NULL, 
	study_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (study_user_attribute_id), 
	UNIQUE (study_id, "key"), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "study_user_attributes" VALUES(1,1,'team','"t"');
CREATE TABLE trial_heartbeats (
	trial_heartbeat_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	heartbeat DATETIME NOT NULL, 
	PRIMARY KEY (trial_heartbeat_id), 
	UNIQUE (trial_id), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
CREATE TABLE trial_intermediate_values (
	trial_intermediate_value_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	step INTEGER NOT NULL, 
	intermediate_value FLOAT, 
	intermediate_value_type VARCHAR(7) NOT NULL, 
	PRIMARY KEY (trial_intermediate_value_id), 
	UNIQUE (trial_id, step), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_intermediate_values" VALUES(1,1,1,0.5,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(2,1,2,NULL,'NAN');
INSERT INTO "trial_intermediate_values" VALUES(3,1,3,NULL,'INF_POS');
INSERT INTO "trial_intermediate_values" VALUES(4,2,1,0.5,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(5,2,2,NULL,'NAN');
INSERT INTO "trial_intermediate_values" VALUES(6,2,3,NULL,'INF_POS');
INSERT INTO "trial_intermediate_values" VALUES(7,3,1,0.5,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(8,3,2,NULL,'NAN');
INSERT INTO "trial_intermediate_values" VALUES(9,3,3,NULL,'INF_POS');
INSERT INTO "trial_intermediate_values" VALUES(10,4,1,0.5,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(11,4,2,NULL,'NAN');
INSERT INTO "trial_intermediate_values" VALUES(12,4,3,NULL,'INF_POS');
INSERT INTO "trial_intermediate_values" VALUES(13,5,1,0.5,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(14,5,2,NULL,'NAN');
INSERT INTO "trial_intermediate_values" VALUES(15,5,3,NULL,'INF_POS');
INSERT INTO "trial_intermediate_values" VALUES(16,6,1,0.5,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(17,6,2,NULL,'NAN');
INSERT INTO "trial_intermediate_values" VALUES(18,6,3,NULL,'INF_POS');
INSERT INTO "trial_intermediate_values" VALUES(19,7,1,0.5,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(20,7,2,NULL,'NAN');
INSERT INTO "trial_intermediate_values" VALUES(21,7,3,NULL,'INF_POS');
CREATE TABLE trial_params (
	param_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	param_name VARCHAR(512), 
	param_value FLOAT, 
	distribution_json TEXT, 
	PRIMARY KEY (param_id), 
	UNIQUE (trial_id, param_name), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_params" VALUES(1,1,'x',-3.40458578789849530821e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": -1.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(2,1,'lr',6.95032111457837258744e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(3,1,'q',0.25,'{"name": "FloatDistribution", "attributes": {"step": 0.25, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(4,1,'n',9.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 1, "high": 9}}');
INSERT INTO "trial_params" VALUES(5,1,'m',363.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 1, "high": 1024}}');
INSERT INTO "trial_params" VALUES(6,1,'c',3.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["a", null, 3, true]}}');
INSERT INTO "trial_params" VALUES(7,2,'x',4.78469316630244279053e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": -1.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(8,2,'lr',5.0164523752915857243e-05,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(9,2,'q',0.5,'{"name": "FloatDistribution", "attributes": {"step": 0.25, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(10,2,'n',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 1, "high": 9}}');
INSERT INTO "trial_params" VALUES(11,2,'m',10.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 1, "high": 1024}}');
INSERT INTO "trial_params" VALUES(12,2,'c',3.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["a", null, 3, true]}}');
INSERT INTO "trial_params" VALUES(13,3,'x',1.61108903898261823783e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": -1.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(14,3,'lr',6.96444195636245280689e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(15,3,'q',0.75,'{"name": "FloatDistribution", "attributes": {"step": 0.25, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(16,3,'n',7.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 1, "high": 9}}');
INSERT INTO "trial_params" VALUES(17,3,'m',34.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 1, "high": 1024}}');
INSERT INTO "trial_params" VALUES(18,3,'c',3.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["a", null, 3, true]}}');
INSERT INTO "trial_params" VALUES(19,4,'x',-4.66624044764561540787e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": -1.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(20,4,'lr',8.36282857328529277696e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(21,4,'q',0.5,'{"name": "FloatDistribution", "attributes": {"step": 0.25, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(22,4,'n',5.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 1, "high": 9}}');
INSERT INTO "trial_params" VALUES(23,4,'m',4.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 1, "high": 1024}}');
INSERT INTO "trial_params" VALUES(24,4,'c',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["a", null, 3, true]}}');
INSERT INTO "trial_params" VALUES(25,5,'x',-6.69699346083220348191e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": -1.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(26,5,'lr',4.72785943751621653974e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(27,5,'q',0.25,'{"name": "FloatDistribution", "attributes": {"step": 0.25, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(28,5,'n',5.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 1, "high": 9}}');
INSERT INTO "trial_params" VALUES(29,5,'m',1.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 1, "high": 1024}}');
INSERT INTO "trial_params" VALUES(30,5,'c',3.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["a", null, 3, true]}}');
INSERT INTO "trial_params" VALUES(31,6,'x',-0.960919401807248,'{"name": "FloatDistribution", "attributes": {"step": null, "low": -1.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(32,6,'lr',1.35524359077290242753e-05,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(33,6,'q',1.0,'{"name": "FloatDistribution", "attributes": {"step": 0.25, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(34,6,'n',9.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 1, "high": 9}}');
INSERT INTO "trial_params" VALUES(35,6,'m',289.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 1, "high": 1024}}');
INSERT INTO "trial_params" VALUES(36,6,'c',3.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["a", null, 3, true]}}');
INSERT INTO "trial_params" VALUES(37,7,'x',-2.62691870141018357642e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": -1.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(38,7,'lr',2.1573400942529342289e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(39,7,'q',0.5,'{"name": "FloatDistribution", "attributes": {"step": 0.25, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(40,7,'n',5.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 1, "high": 9}}');
INSERT INTO "trial_params" VALUES(41,7,'m',29.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 1, "high": 1024}}');
INSERT INTO "trial_params" VALUES(42,7,'c',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["a", null, 3, true]}}');
CREATE TABLE trial_system_attributes (
	trial_system_attribute_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (trial_system_attribute_id), 
	UNIQUE (trial_id, "key"), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_system_attributes" VALUES(1,1,'mine','[1]');
INSERT INTO "trial_system_attributes" VALUES(2,2,'mine','[1]');
INSERT INTO "trial_system_attributes" VALUES(3,3,'mine','[1]');
INSERT INTO "trial_system_attributes" VALUES(4,4,'mine','[1]');
INSERT INTO "trial_system_attributes" VALUES(5,5,'mine','[1]');
INSERT INTO "trial_system_attributes" VALUES(6,6,'mine','[1]');
INSERT INTO "trial_system_attributes" VALUES(7,7,'mine','[1]');
INSERT INTO "trial_system_attributes" VALUES(8,8,'fixed_params','{"x": 0.25}');
CREATE TABLE trial_user_attributes (
	trial_user_attribute_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (trial_user_attribute_id), 
	UNIQUE (trial_id, "key"), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_user_attributes" VALUES(1,1,'host','"h"');
INSERT INTO "trial_user_attributes" VALUES(2,2,'host','"h"');
INSERT INTO "trial_user_attributes" VALUES(3,3,'host','"h"');
INSERT INTO "trial_user_attributes" VALUES(4,4,'host','"h"');
INSERT INTO "trial_user_attributes" VALUES(5,5,'host','"h"');
INSERT INTO "trial_user_attributes" VALUES(6,6,'host','"h"');
INSERT INTO "trial_user_attributes" VALUES(7,7,'host','"h"');
CREATE TABLE trial_values (
	trial_value_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	objective INTEGER NOT NULL, 
	value FLOAT, 
	value_type VARCHAR(7) NOT NULL, 
	PRIMARY KEY (trial_value_id), 
	UNIQUE (trial_id, objective), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_values" VALUES(1,1,0,-3.40458578789849530821e-01,'FINITE');
INSERT INTO "trial_values" VALUES(2,2,0,4.78469316630244279053e-01,'FINITE');
INSERT INTO "trial_values" VALUES(3,3,0,1.61108903898261823783e-01,'FINITE');
INSERT INTO "trial_values" VALUES(4,4,0,NULL,'INF_POS');
INSERT INTO "trial_values" VALUES(5,6,0,NULL,'INF_POS');
INSERT INTO "trial_values" VALUES(6,7,0,-2.62691870141018357642e-01,'FINITE');
CREATE TABLE trials (
	trial_id INTEGER NOT NULL, 
	number INTEGER, 
	study_id INTEGER, 
	state VARCHAR(8) NOT NULL, 
	datetime_start DATETIME, 
	datetime_complete DATETIME, 
	PRIMARY KEY (trial_id), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "trials" VALUES(1,0,1,'COMPLETE','2026-11-26 15:09:24.869045','2026-11-26 15:09:27.443772');
INSERT INTO "trials" VALUES(2,1,1,'COMPLETE','2026-11-26 15:09:27.832212','2026-11-26 15:09:30.950037');
INSERT INTO "trials" VALUES(3,2,1,'COMPLETE','2026-11-26 15:09:31.246162','2026-11-26 15:09:34.569309');
INSERT INTO "trials" VALUES(4,3,1,'PRUNED','2026-11-26 15:09:35.036595','2026-11-26 15:09:38.602216');
INSERT INTO "trials" VALUES(5,4,1,'FAIL','2026-11-26 15:09:38.961044','2026-11-26 15:09:40.614754');
INSERT INTO "trials" VALUES(6,5,1,'COMPLETE','2026-11-26 15:09:40.878047','2026-11-26 15:09:42.585292');
INSERT INTO "trials" VALUES(7,6,1,'COMPLETE','2026-11-26 15:09:42.992066','2026-11-26 15:09:45.379708');
INSERT INTO "trials" VALUES(8,7,1,'WAITING',NULL,NULL);
CREATE TABLE version_info (
	version_info_id INTEGER NOT NULL, 
	schema_version INTEGER, 
	library_version VARCHAR(256), 
	PRIMARY KEY (version_info_id), 
	CHECK (version_info_id=1)
);
INSERT INTO "version_info" VALUES(1,12,'3.1.1');
CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name);
COMMIT;