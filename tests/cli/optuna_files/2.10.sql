BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('v2.6.0.a');
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
	intermediate_value FLOAT NOT NULL, 
	PRIMARY KEY (trial_intermediate_value_id), 
	UNIQUE (trial_id, step), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_intermediate_values" VALUES(1,1,1,0.5);
INSERT INTO "trial_intermediate_values" VALUES(2,1,3,9e999);
INSERT INTO "trial_intermediate_values" VALUES(3,2,1,0.5);
INSERT INTO "trial_intermediate_values" VALUES(4,2,3,9e999);
INSERT INTO "trial_intermediate_values" VALUES(5,3,1,0.5);
INSERT INTO "trial_intermediate_values" VALUES(6,3,3,9e999);
INSERT INTO "trial_intermediate_values" VALUES(7,4,1,0.5);
INSERT INTO "trial_intermediate_values" VALUES(8,4,3,9e999);
INSERT INTO "trial_intermediate_values" VALUES(9,5,1,0.5);
INSERT INTO "trial_intermediate_values" VALUES(10,5,3,9e999);
INSERT INTO "trial_intermediate_values" VALUES(11,6,1,0.5);
INSERT INTO "trial_intermediate_values" VALUES(12,6,3,9e999);
INSERT INTO "trial_intermediate_values" VALUES(13,7,1,0.5);
INSERT INTO "trial_intermediate_values" VALUES(14,7,3,9e999);
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
INSERT INTO "trial_params" VALUES(1,1,'x',6.13533362862011877325e-01,'{"name": "UniformDistribution", "attributes": {"low": -1.0, "high": 1.0}}');
INSERT INTO "trial_params" VALUES(2,1,'lr',5.70548543477728247602e-04,'{"name": "LogUniformDistribution", "attributes": {"low": 1e-05, "high": 0.1}}');
INSERT INTO "trial_params" VALUES(3,1,'q',1.0,'{"name": "DiscreteUniformDistribution", "attributes": {"low": 0.0, "high": 1.0, "q": 0.25}}');
INSERT INTO "trial_params" VALUES(4,1,'n',7.0,'{"name": "IntUniformDistribution", "attributes": {"low": 1, "high": 9, "step": 2}}');
INSERT INTO "trial_params" VALUES(5,1,'m',1.0,'{"name": "IntLogUniformDistribution", "attributes": {"low": 1, "high": 1024, "step": 1}}');
INSERT INTO "trial_params" VALUES(6,1,'c',3.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["a", null, 3, true]}}');
INSERT INTO "trial_params" VALUES(7,2,'x',-3.34622643032566280396e-01,'{"name": "UniformDistribution", "attributes": {"low": -1.0, "high": 1.0}}');
INSERT INTO "trial_params" VALUES(8,2,'lr',0.0061915131287102,'{"name": "LogUniformDistribution", "attributes": {"low": 1e-05, "high": 0.1}}');
INSERT INTO "trial_params" VALUES(9,2,'q',0.5,'{"name": "DiscreteUniformDistribution", "attributes": {"low": 0.0, "high": 1.0, "q": 0.25}}');
INSERT INTO "trial_params" VALUES(10,2,'n',5.0,'{"name": "IntUniformDistribution", "attributes": {"low": 1, "high": 9, "step": 2}}');
INSERT INTO "trial_params" VALUES(11,2,'m',16.0,'{"name": "IntLogUniformDistribution", "attributes": {"low": 1, "high": 1024, "step": 1}}');
INSERT INTO "trial_params" VALUES(12,2,'c',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["a", null, 3, true]}}');
INSERT INTO "trial_params" VALUES(13,3,'x',9.65138463142729108312e-01,'{"name": "UniformDistribution", "attributes": {"low": -1.0, "high": 1.0}}');
INSERT INTO "trial_params" VALUES(14,3,'lr',2.22429843294237135267e-05,'{"name": "LogUniformDistribution", "attributes": {"low": 1e-05, "high": 0.1}}');
INSERT INTO "trial_params" VALUES(15,3,'q',0.5,'{"name": "DiscreteUniformDistribution", "attributes": {"low": 0.0, "high": 1.0, "q": 0.25}}');
INSERT INTO "trial_params" VALUES(16,3,'n',9.0,'{"name": "IntUniformDistribution", "attributes": {"low": 1, "high": 9, "step": 2}}');
INSERT INTO "trial_params" VALUES(17,3,'m',132.0,'{"name": "IntLogUniformDistribution", "attributes": {"low": 1, "high": 1024, "step": 1}}');
INSERT INTO "trial_params" VALUES(18,3,'c',3.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["a", null, 3, true]}}');
INSERT INTO "trial_params" VALUES(19,4,'x',6.25160788536039291329e-01,'{"name": "UniformDistribution", "attributes": {"low": -1.0, "high": 1.0}}');
INSERT INTO "trial_params" VALUES(20,4,'lr',2.03489262858826021329e-02,'{"name": "LogUniformDistribution", "attributes": {"low": 1e-05, "high": 0.1}}');
INSERT INTO "trial_params" VALUES(21,4,'q',0.25,'{"name": "DiscreteUniformDistribution", "attributes": {"low": 0.0, "high": 1.0, "q": 0.25}}');
INSERT INTO "trial_params" VALUES(22,4,'n',5.0,'{"name": "IntUniformDistribution", "attributes": {"low": 1, "high": 9, "step": 2}}');
INSERT INTO "trial_params" VALUES(23,4,'m',1.0,'{"name": "IntLogUniformDistribution", "attributes": {"low": 1, "high": 1024, "step": 1}}');
INSERT INTO "trial_params" VALUES(24,4,'c',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["a", null, 3, true]}}');
INSERT INTO "trial_params" VALUES(25,4,'only_a',7.26821812561836422261e-02,'{"name": "UniformDistribution", "attributes": {"low": 0.0, "high": 1.0}}');
INSERT INTO "trial_params" VALUES(26,5,'x',-6.60364879623233536065e-01,'{"name": "UniformDistribution", "attributes": {"low": -1.0, "high": 1.0}}');
INSERT INTO "trial_params" VALUES(27,5,'lr',3.41560495549168569983e-04,'{"name": "LogUniformDistribution", "attributes": {"low": 1e-05, "high": 0.1}}');
INSERT INTO "trial_params" VALUES(28,5,'q',0.5,'{"name": "DiscreteUniformDistribution", "attributes": {"low": 0.0, "high": 1.0, "q": 0.25}}');
INSERT INTO "trial_params" VALUES(29,5,'n',5.0,'{"name": "IntUniformDistribution", "attributes": {"low": 1, "high": 9, "step": 2}}');
INSERT INTO "trial_params" VALUES(30,5,'m',4.0,'{"name": "IntLogUniformDistribution", "attributes": {"low": 1, "high": 1024, "step": 1}}');
INSERT INTO "trial_params" VALUES(31,5,'c',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["a", null, 3, true]}}');
INSERT INTO "trial_params" VALUES(32,5,'only_a',4.68052597556214866614e-01,'{"name": "UniformDistribution", "attributes": {"low": 0.0, "high": 1.0}}');
INSERT INTO "trial_params" VALUES(33,6,'x',1.66414767854483613973e-01,'{"name": "UniformDistribution", "attributes": {"low": -1.0, "high": 1.0}}');
INSERT INTO "trial_params" VALUES(34,6,'lr',1.36630461333424910001e-04,'{"name": "LogUniformDistribution", "attributes": {"low": 1e-05, "high": 0.1}}');
INSERT INTO "trial_params" VALUES(35,6,'q',0.75,'{"name": "DiscreteUniformDistribution", "attributes": {"low": 0.0, "high": 1.0, "q": 0.25}}');
INSERT INTO "trial_params" VALUES(36,6,'n',5.0,'{"name": "IntUniformDistribution", "attributes": {"low": 1, "high": 9, "step": 2}}');
INSERT INTO "trial_params" VALUES(37,6,'m',1.0,'{"name": "IntLogUniformDistribution", "attributes": {"low": 1, "high": 1024, "step": 1}}');
INSERT INTO "trial_params" VALUES(38,6,'c',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["a", null, 3, true]}}');
INSERT INTO "trial_params" VALUES(39,6,'only_a',5.18193634409012782171e-01,'{"name": "UniformDistribution", "attributes": {"low": 0.0, "high": 1.0}}');
INSERT INTO "trial_params" VALUES(40,7,'x',-0.953243330080245,'{"name": "UniformDistribution", "attributes": {"low": -1.0, "high": 1.0}}');
INSERT INTO "trial_params" VALUES(41,7,'lr',6.4745447662138667054e-04,'{"name": "LogUniformDistribution", "attributes": {"low": 1e-05, "high": 0.1}}');
INSERT INTO "trial_params" VALUES(42,7,'q',0.0,'{"name": "DiscreteUniformDistribution", "attributes": {"low": 0.0, "high": 1.0, "q": 0.25}}');
INSERT INTO "trial_params" VALUES(43,7,'n',7.0,'{"name": "IntUniformDistribution", "attributes": {"low": 1, "high": 9, "step": 2}}');
INSERT INTO "trial_params" VALUES(44,7,'m',776.0,'{"name": "IntLogUniformDistribution", "attributes": {"low": 1, "high": 1024, "step": 1}}');
INSERT INTO "trial_params" VALUES(45,7,'c',3.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["a", null, 3, true]}}');
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
	value FLOAT NOT NULL, 
	PRIMARY KEY (trial_value_id), 
	UNIQUE (trial_id, objective), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_values" VALUES(1,1,0,6.13533362862011877325e-01);
INSERT INTO "trial_values" VALUES(2,2,0,-3.34622643032566280396e-01);
INSERT INTO "trial_values" VALUES(3,3,0,9.65138463142729108312e-01);
INSERT INTO "trial_values" VALUES(4,4,0,9e999);
INSERT INTO "trial_values" VALUES(5,6,0,9e999);
INSERT INTO "trial_values" VALUES(6,7,0,-0.953243330080245);
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
INSERT INTO "trials" VALUES(1,0,1,'COMPLETE','2026-11-26 15:08:41.904230','2026-11-26 15:08:44.757530');
INSERT INTO "trials" VALUES(2,1,1,'COMPLETE','2026-11-26 15:08:45.165452','2026-11-26 15:08:48.741491');
INSERT INTO "trials" VALUES(3,2,1,'COMPLETE','2026-11-26 15:08:48.911909','2026-11-26 15:08:51.670401');
INSERT INTO "trials" VALUES(4,3,1,'PRUNED','2026-11-26 15:08:51.982487','2026-11-26 15:08:54.917251');
INSERT INTO "trials" VALUES(5,4,1,'FAIL','2026-11-26 15:08:55.385820','2026-11-26 15:08:57.080042');
INSERT INTO "trials" VALUES(6,5,1,'COMPLETE','2026-11-26 15:08:57.091376','2026-11-26 15:08:58.817453');
INSERT INTO "trials" VALUES(7,6,1,'COMPLETE','2026-11-26 15:08:59.078157','2026-11-26 15:08:59.383837');
INSERT INTO "trials" VALUES(8,7,1,'WAITING',NULL,NULL);
CREATE TABLE version_info (
	version_info_id INTEGER NOT NULL, 
	schema_version INTEGER, 
	library_version VARCHAR(256), 
	PRIMARY KEY (version_info_id), 
	CHECK (version_info_id=1)
);
INSERT INTO "version_info" VALUES(1,12,'2.10.1');
CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name);
COMMIT;