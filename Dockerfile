# The workbench for JupyterHub, and alone: docker run -p 127.0.0.1:8888:8888 IMAGE workbench lab --ip=0.0.0.0 --no-browser
# Built and tried outside CI. The image is named, not its registry; pip uses the index the builder is set up with.
FROM python:3.11-slim

ENV PYTHONUTF8=1 PYTHONHASHSEED=0 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
# An image that runs by another id, of group 0, has the same home and may write there.
RUN useradd --create-home --uid 1000 --gid 0 workbench && chmod -R g=u /home/workbench
WORKDIR /opt/workbench

COPY requirements.lock ./
RUN python -m pip install --no-deps --require-hashes -r requirements.lock
COPY . .
# Isolated, `-I`, so that what is compiled and linked is what was installed, and not the sources that stand here.
RUN python -m pip install --no-deps --no-build-isolation . \
 && python -m pip install "jupyterhub>=5,<6" "jupyterlab-language-pack-zh-CN>=4.4" "voila>=0.5.8" \
 && python -I -c 'import matplotlib.pyplot, numba, pandas, pint, scipy.stats, methodology' \
 && ln -s "$(python -I -c 'import methodology.cli, pathlib; print(pathlib.Path(methodology.cli.__file__).with_name("jupyter"))')" /opt/jupyter

# The kernel of the workbench, what Voilà may not do, and outputs that survive a refusal, whoever starts the server.
ENV JUPYTER_PATH=/opt/jupyter JUPYTER_CONFIG_PATH=/opt/jupyter HOME=/home/workbench
USER workbench
WORKDIR /home/workbench
EXPOSE 8888
CMD ["jupyterhub-singleuser"]
