"""Pictures: geometry worked out here, drawn as SVG by the templates under templates/pictures."""
